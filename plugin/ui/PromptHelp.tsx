import { useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { lengthInWords } from './prompt-length.ts'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

/** How long the prompt is, and behind a question mark how it says what counts more. */
export function PromptHelp() {
  const panel = usePanel()
  const { recipe, tokens } = usePanelState()
  const [open, setOpen] = useState(false)
  const notation = recipe.notation ?? 'a1111'
  return (
    <div>
      <div className="origin">
        <p className="hint figures">{lengthInWords(tokens)}</p>
        <ActionButton quiet name={words.prompt.help} open={open} onPress={() => setOpen(!open)}>
          ?
        </ActionButton>
      </div>
      {open && (
        <div className="more">
          <Picker
            label={words.prompt.notation}
            choices={words.prompt.notations}
            value={notation}
            onChoose={(chosen) => panel.change({ notation: chosen })}
          />
          {words.prompt.ways[notation].map((way) => (
            <p className="hint" key={way}>
              {way}
            </p>
          ))}
          <p className="hint">{words.prompt.backslash}</p>
        </div>
      )}
    </div>
  )
}
