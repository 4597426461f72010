import { useState } from 'react'
import { type Draft, SEEDS } from '../state/draft.ts'
import { differences } from './differences.ts'
import { OptionalNumber } from './OptionalNumber.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextArea } from './widgets/Field.tsx'

const SIDE = { least: 64, most: 4096, step: 8 } as const
const STEPS = { least: 1, most: 1000, step: 1 } as const
const SEED = { least: 0, most: SEEDS - 1, step: 1 } as const

/** Without, size, steps and seed: closed at first, and then it says what differs from what the model would do. */
export function Details() {
  const { recipe } = usePanelState()
  const [open, setOpen] = useState(false)
  const changed = differences(recipe)
  return (
    <div>
      <div className="row flush">
        <ActionButton quiet open={open} onPress={() => setOpen(!open)}>
          {`${open ? '−' : '+'} Without, size, steps, seed`}
        </ActionButton>
      </div>
      {open ? <Fields recipe={recipe} /> : changed !== '' && <p className="hint">{changed}</p>}
    </div>
  )
}

function Fields({ recipe }: { readonly recipe: Draft }) {
  const panel = usePanel()
  const { negativePrompt, size, steps, seed } = recipe
  const resize = (side: number | undefined, at: 0 | 1): void => {
    if (side === undefined) return panel.change({ size: undefined })
    const other = size?.[1 - at] ?? side
    panel.change({ size: at === 0 ? [side, other] : [other, side] })
  }
  return (
    <div className="more">
      <span>Without</span>
      <TextArea
        label="Without"
        value={negativePrompt}
        placeholder="text, frames, blur"
        least={1}
        most={4}
        onInput={(text) => panel.change({ negativePrompt: text })}
      />
      <div className="fields">
        <span className="caption">Size</span>
        <OptionalNumber label="Width" range={SIDE} value={size?.[0]} onCommit={(side) => resize(side, 0)} />
        <span className="between">×</span>
        <OptionalNumber label="Height" range={SIDE} value={size?.[1]} onCommit={(side) => resize(side, 1)} />
      </div>
      <div className="fields">
        <span className="caption">Steps</span>
        <OptionalNumber
          label="Steps"
          range={STEPS}
          value={steps}
          onCommit={(count) => panel.change({ steps: count })}
        />
      </div>
      <div className="fields">
        <span className="caption">Seed</span>
        <OptionalNumber
          label="Seed"
          range={SEED}
          value={seed}
          placeholder="new each time"
          onCommit={(number) => panel.change({ seed: number })}
        />
      </div>
    </div>
  )
}
