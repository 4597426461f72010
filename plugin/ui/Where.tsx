import { type Draft, STRENGTH } from '../state/draft.ts'
import { OptionalNumber } from './OptionalNumber.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { whereInWords } from './where-words.ts'
import { ActionButton } from './widgets/Button.tsx'
import { NumberField } from './widgets/NumberField.tsx'
import { Picker } from './widgets/Picker.tsx'
import { Slider } from './widgets/Slider.tsx'
import { words } from './words/words.ts'

/** Where the next picture goes, and what it starts from. */
export function Where() {
  const panel = usePanel()
  const { recipe, target } = usePanelState()
  const { startFrom } = recipe
  return (
    <section className="section">
      <Picker
        label={words.where.startFrom}
        choices={words.where.starts satisfies Record<Draft['startFrom'], string>}
        value={startFrom}
        onChoose={(choice) => panel.change({ startFrom: choice })}
      />
      {startFrom !== 'nothing' && <Strength strength={recipe.strength} />}
      {recipe.also?.recipe.source !== undefined && (
        <div className="row wraps">
          <p className="hint grows">{words.where.broughtAlong}</p>
          <ActionButton onPress={() => panel.change({ startFrom })} title={words.where.leaveOutHelp}>
            {words.where.leaveOut}
          </ActionButton>
        </div>
      )}
      {target !== undefined && (
        <div className="where">
          {target.map !== undefined && <img className="map" src={target.map} alt={words.where.map} />}
          <p className="hint" role="status">
            {whereInWords(target.where)}
          </p>
        </div>
      )}
      {target?.where.selected !== undefined && (
        <div className="fields">
          <span className="caption">{words.where.feather}</span>
          <OptionalNumber
            label={words.where.featherLabel}
            range={FEATHER}
            value={recipe.feather}
            placeholder={words.where.featherUsual}
            onCommit={(feather) => panel.change({ feather })}
          />
          <span className="between">{words.where.pixels}</span>
        </div>
      )}
    </section>
  )
}

/** As far as Photoshop's own selections are usually feathered. */
const FEATHER = { least: 0, most: 250, step: 1 } as const
const WHOLE = 100

/** How much of what the picture starts from is painted anew. */
function Strength({ strength }: { readonly strength: number }) {
  const panel = usePanel()
  const stepped = {
    min: STRENGTH.least * WHOLE,
    max: STRENGTH.most * WHOLE,
    value: Math.round(strength * WHOLE),
    keyStep: { plain: 5, shift: 1 },
    onMove: (percent: number): void => panel.change({ strength: Math.round(percent) / WHOLE }),
  }
  return (
    <div className="measure">
      <Slider label={words.where.strength} {...stepped} />
      <NumberField label={words.where.strengthNumber} digits={0} usual={STRENGTH.usual * WHOLE} {...stepped} />
    </div>
  )
}
