import { useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { lengthInWords } from './prompt-length.ts'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'

const NOTATIONS = { a1111: 'A1111', comfy: 'ComfyUI' } as const

/** How each notation says what counts more, a line for each way. */
const WAYS: Readonly<Record<keyof typeof NOTATIONS, readonly string[]>> = {
  a1111: [
    '(word) counts 1.1 times, ((word)) 1.21 times',
    '(word:1.3) counts 1.3 times, what is around it multiplies',
    '[word] counts less, 0.91 times',
    'BREAK goes on in the next part of 75',
  ],
  comfy: ['(word) counts 1.1 times, ((word)) 1.21 times', '(word:1.3) counts just 1.3 times', '[word] is only text'],
}

/** How long the prompt is, and behind a question mark how it says what counts more. */
export function PromptHelp() {
  const panel = usePanel()
  const { recipe, tokens } = usePanelState()
  const [open, setOpen] = useState(false)
  return (
    <div>
      <div className="origin">
        <p className="hint figures">{lengthInWords(tokens)}</p>
        <ActionButton quiet name="How to say what counts more" open={open} onPress={() => setOpen(!open)}>
          ?
        </ActionButton>
      </div>
      {open && (
        <div className="more">
          <Picker
            label="Brackets are read as in"
            choices={NOTATIONS}
            value={recipe.notation ?? 'a1111'}
            onChoose={(notation) => panel.change({ notation })}
          />
          {(['a1111', 'comfy'] as const).map((notation) => (
            <div key={notation}>
              <p className="hint">{`As in ${NOTATIONS[notation]}:`}</p>
              {WAYS[notation].map((way) => (
                <p className="hint way" key={way}>
                  {way}
                </p>
              ))}
            </div>
          ))}
          <p className="hint">A backslash before a bracket makes it a bracket and nothing more.</p>
        </div>
      )}
    </div>
  )
}
