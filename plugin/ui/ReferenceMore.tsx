import { CENTRE } from '../../shared/clip-view.ts'
import type { DraftReference, ReferenceChange } from '../state/draft.ts'
import { canMove, cropOf } from '../state/framing.ts'
import type { Card } from '../state/state.ts'
import { ModelChoice } from './ModelChoice.tsx'
import { useModels } from './models.ts'
import { usePanel } from './panel-context.ts'
import { ActHere } from './Region.tsx'
import { StyleAndLayout } from './StyleAndLayout.tsx'
import { ActionButton } from './widgets/Button.tsx'
import { NumberField } from './widgets/NumberField.tsx'
import { Picker } from './widgets/Picker.tsx'
import { Slider } from './widgets/Slider.tsx'
import { words } from './words/words.ts'

/** The rest of what can be said about a reference: what is followed of it, when it acts, what is seen of it, and which layer it is. */
export function ReferenceMore({ reference, card }: { readonly reference: DraftReference; readonly card: Card }) {
  const { references } = usePanel()
  const { image, start, end, fit } = reference
  const change = (changes: ReferenceChange): void => void references.change(image, changes)
  return (
    <div className="more">
      <StyleAndLayout reference={reference} />
      <Share
        label={words.references.fromLabel}
        name={words.references.from}
        value={start}
        usual={0}
        onMove={(value) => change({ start: value })}
      />
      <Share
        label={words.references.toLabel}
        name={words.references.to}
        value={end}
        usual={1}
        onMove={(value) => change({ end: value })}
      />
      <Picker
        label={words.references.sees}
        choices={words.references.fits}
        value={fit}
        onChoose={(choice) => change({ fit: choice })}
      />
      <Adapter reference={reference} />
      {canMove(reference, card.capture.picture) && (
        <Share
          label={words.references.cropLabel}
          name={words.references.crop}
          value={cropOf(reference)}
          usual={CENTRE}
          onMove={(value, released) => void references.reframe(image, value, released)}
        />
      )}
      <ActHere reference={reference} />
      {card.capture.layer !== undefined && card.layer !== 'gone' && (
        <div className="row">
          <ActionButton
            onPress={() => references.follow(image, card.follows !== true)}
            title={words.references.byItselfHelp}
          >
            {words.references.byItself(card.follows === true)}
          </ActionButton>
        </div>
      )}
      <div className="row">
        <ActionButton onPress={() => void references.replace(image)} title={words.references.replaceHelp}>
          {words.references.replace}
        </ActionButton>
      </div>
    </div>
  )
}

/** Which adapter reads it, where there is one at all. */
function Adapter({ reference: { image, adapter } }: { readonly reference: DraftReference }) {
  const { references } = usePanel()
  const adapters = useModels('adapter')
  if (adapters === undefined || (adapters.length === 0 && adapter === undefined)) return null
  return (
    <>
      <span>{words.references.adapter}</span>
      <ModelChoice
        label={words.references.adapter}
        models={adapters}
        value={adapter}
        onChoose={(name) => void references.change(image, { adapter: name })}
      />
    </>
  )
}

interface ShareProps {
  readonly label: string
  readonly name: string
  /** 0 to 1; shown in per cent of the steps. */
  readonly value: number
  readonly usual: number
  readonly onMove: (value: number, released: boolean) => void
}

const WHOLE = 100

function Share({ label, name, value, usual, onMove }: ShareProps) {
  const stepped = {
    min: 0,
    max: WHOLE,
    value: Math.round(value * WHOLE),
    keyStep: { plain: 5, shift: 1 },
    onMove: (percent: number, released: boolean): void => onMove(Math.round(percent) / WHOLE, released),
  }
  return (
    <div className="measure">
      <Slider label={label} {...stepped} />
      <NumberField label={words.references.inPercent(name)} digits={0} usual={usual * WHOLE} {...stepped} />
    </div>
  )
}
