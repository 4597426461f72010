import { WEIGHT } from '../state/draft.ts'
import { NumberField } from './widgets/NumberField.tsx'
import { Slider } from './widgets/Slider.tsx'
import { words } from './words/words.ts'

/** The host's slider knows whole numbers only. */
const PER_ONE = 100

interface WeightProps {
  readonly weight: number
  readonly onMove: (weight: number, released: boolean) => void
}

/** How much a picture follows a reference: a slider and the number beside it. */
export function Weight({ weight, onMove }: WeightProps) {
  return (
    <div className="measure">
      <Slider
        label={words.references.weight}
        min={WEIGHT.least * PER_ONE}
        max={WEIGHT.most * PER_ONE}
        value={Math.round(weight * PER_ONE)}
        keyStep={{ plain: 5, shift: 1 }}
        onMove={(value, released) => onMove(value / PER_ONE, released)}
      />
      <NumberField
        label={words.references.weightNumber}
        digits={2}
        min={WEIGHT.least}
        max={WEIGHT.most}
        usual={WEIGHT.usual}
        value={weight}
        keyStep={{ plain: 0.05, shift: 0.01 }}
        onMove={(value, released) => onMove(Math.round(value * PER_ONE) / PER_ONE, released)}
      />
    </div>
  )
}
