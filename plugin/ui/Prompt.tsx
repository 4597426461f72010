import { EarlierPrompts } from './EarlierPrompts.tsx'
import { Details } from './Details.tsx'
import { Loras } from './Loras.tsx'
import { Presets } from './Presets.tsx'
import { PromptHelp } from './PromptHelp.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { Structure } from './Structure.tsx'
import { TextArea } from './widgets/Field.tsx'
import { words } from './words/words.ts'

/** What to make, how long that is, prompts to take again, and under a disclosure everything that is seldom changed. */
export function Prompt() {
  const panel = usePanel()
  const { recipe } = usePanelState()
  return (
    <section className="section">
      <h2 className="heading">{words.prompt.heading}</h2>
      <TextArea
        label={words.prompt.name}
        value={recipe.prompt}
        placeholder={words.prompt.example}
        least={2}
        most={4}
        onInput={(prompt) => panel.change({ prompt })}
      />
      <PromptHelp />
      <EarlierPrompts />
      <Presets />
      <Details />
      <Loras />
      <Structure />
    </section>
  )
}
