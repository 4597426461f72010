import { useState } from 'react'
import type { ModeName } from '../../shared/recipe.ts'
import { type DraftReference, WEIGHT } from '../state/draft.ts'
import type { Card } from '../state/state.ts'
import { Amount } from './Amount.tsx'
import { Origin } from './Origin.tsx'
import { usePanel } from './panel-context.ts'
import { ReferenceMore } from './ReferenceMore.tsx'
import { Region } from './Region.tsx'
import { Thumbnail } from './Thumbnail.tsx'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

const MODES = words.references.modes
const WITH_PAD = { ...MODES, pad: words.references.onPad } as const

interface ReferenceCardProps {
  readonly reference: DraftReference
  readonly card: Card
  readonly onRemove: () => void
}

/** One reference: what is seen of it, how much it is followed, and in what. */
export function ReferenceCard({ reference, card, onRemove }: ReferenceCardProps) {
  const panel = usePanel()
  const [open, setOpen] = useState(false)
  const { image, weight, mode } = reference
  const { name } = card.capture
  return (
    <div className="reference" role="group" aria-label={words.references.name(name)}>
      <div className="card">
        <Thumbnail reference={reference} card={card} />
        <div className="card-side">
          <div className="title">
            <p className="name" title={name}>
              {name}
            </p>
            <ActionButton quiet name={words.references.more} open={open} onPress={() => setOpen(!open)}>
              …
            </ActionButton>
            <ActionButton quiet name={words.references.remove} onPress={onRemove}>
              ×
            </ActionButton>
          </div>
          <Amount
            label={words.references.weight}
            numberLabel={words.references.weightNumber}
            range={WEIGHT}
            value={weight}
            onMove={(value, released) => void panel.setWeight(image, value, released)}
          />
          <Picker<ModeName | 'pad'>
            label={words.references.follow}
            choices={typeof mode === 'object' ? WITH_PAD : MODES}
            value={typeof mode === 'object' ? 'pad' : mode}
            onChoose={(choice) => choice !== 'pad' && void panel.setMode(image, choice, true)}
          />
        </div>
      </div>
      <Origin card={card} onRefresh={() => void panel.references.refresh(image)} />
      <Region image={image} card={card} />
      {open && <ReferenceMore reference={reference} card={card} />}
    </div>
  )
}
