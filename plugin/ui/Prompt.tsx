import { useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextArea } from './widgets/Field.tsx'

/** What to make, and under a disclosure what to leave out. */
export function Prompt() {
  const panel = usePanel()
  const { prompt, negativePrompt } = usePanelState()
  const [open, setOpen] = useState(false)
  return (
    <section className="section">
      <h2 className="heading">Make</h2>
      <TextArea label="Prompt" value={prompt} placeholder="a house, flat colours" onInput={panel.setPrompt} />
      <div className="row flush">
        <ActionButton quiet onPress={() => setOpen(!open)} title="What the picture should not show">
          {open ? '− Without' : `+ Without${negativePrompt === '' ? '' : `: ${shortened(negativePrompt)}`}`}
        </ActionButton>
      </div>
      {open && (
        <TextArea
          label="Without"
          value={negativePrompt}
          placeholder="text, frames, blur"
          onInput={panel.setNegativePrompt}
        />
      )}
    </section>
  )
}

const LONGEST = 24

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)
