import { type Draft, SEEDS } from '../state/draft.ts'
import { differences } from './differences.ts'
import { Disclosure } from './Disclosure.tsx'
import { OptionalNumber } from './OptionalNumber.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { TextArea } from './widgets/Field.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

const SIDE = { least: 64, most: 4096, step: 8 } as const
const STEPS = { least: 1, most: 1000, step: 1 } as const
const GUIDANCE = { least: 0, most: 100, step: 0.5 } as const
const SEED = { least: 0, most: SEEDS - 1, step: 1 } as const

/** Without, size, steps, guidance, sampler and seed: closed at first, and then it says what differs from what the model would do. */
export function Details() {
  const { recipe } = usePanelState()
  return (
    <Disclosure heading={words.prompt.details} closed={differences(recipe)}>
      <Fields recipe={recipe} />
    </Disclosure>
  )
}

function Fields({ recipe }: { readonly recipe: Draft }) {
  const panel = usePanel()
  const { negativePrompt, size, steps, guidance, sampler, seed } = recipe
  const resize = (side: number | undefined, at: 0 | 1): void => {
    if (side === undefined) return panel.change({ size: undefined })
    const other = size?.[1 - at] ?? side
    panel.change({ size: at === 0 ? [side, other] : [other, side] })
  }
  return (
    <div className="more">
      <span>{words.prompt.without}</span>
      <TextArea
        label={words.prompt.without}
        value={negativePrompt}
        placeholder={words.prompt.withoutExample}
        least={1}
        most={4}
        onInput={(text) => panel.change({ negativePrompt: text })}
      />
      <div className="fields">
        <span className="caption">{words.prompt.size}</span>
        <OptionalNumber
          label={words.prompt.width}
          range={SIDE}
          value={size?.[0]}
          onCommit={(side) => resize(side, 0)}
        />
        <span className="between">×</span>
        <OptionalNumber
          label={words.prompt.height}
          range={SIDE}
          value={size?.[1]}
          onCommit={(side) => resize(side, 1)}
        />
      </div>
      <div className="fields">
        <span className="caption">{words.prompt.steps}</span>
        <OptionalNumber
          label={words.prompt.steps}
          range={STEPS}
          value={steps}
          onCommit={(count) => panel.change({ steps: count })}
        />
      </div>
      <div className="fields" title={words.prompt.guidanceHelp}>
        <span className="caption">{words.prompt.guidance}</span>
        <OptionalNumber
          label={words.prompt.guidance}
          range={GUIDANCE}
          value={guidance}
          onCommit={(value) => panel.change({ guidance: value })}
        />
      </div>
      <Picker
        label={words.prompt.sampler}
        choices={words.prompt.samplers}
        value={sampler ?? ''}
        onChoose={(name) => panel.change({ sampler: name === '' ? undefined : name })}
      />
      <div className="fields">
        <span className="caption">{words.prompt.seed}</span>
        <OptionalNumber
          label={words.prompt.seed}
          range={SEED}
          value={seed}
          placeholder={words.prompt.newSeed}
          onCommit={(number) => panel.change({ seed: number })}
        />
      </div>
    </div>
  )
}
