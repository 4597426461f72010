import { NumberField } from './widgets/NumberField.tsx'
import { Slider } from './widgets/Slider.tsx'

/** The host's slider knows whole numbers only. */
const PER_ONE = 100

interface AmountProps {
  readonly label: string
  /** The name of the number beside the slider. */
  readonly numberLabel: string
  readonly range: { readonly least: number; readonly usual: number; readonly most: number }
  readonly value: number
  readonly onMove: (value: number, released: boolean) => void
}

/** How much of something, in hundredths: a slider and the number beside it. */
export function Amount({ label, numberLabel, range, value, onMove }: AmountProps) {
  return (
    <div className="measure">
      <Slider
        label={label}
        min={range.least * PER_ONE}
        max={range.most * PER_ONE}
        value={Math.round(value * PER_ONE)}
        keyStep={{ plain: 5, shift: 1 }}
        onMove={(moved, released) => onMove(moved / PER_ONE, released)}
      />
      <NumberField
        label={numberLabel}
        digits={2}
        min={range.least}
        max={range.most}
        usual={range.usual}
        value={value}
        keyStep={{ plain: 0.05, shift: 0.01 }}
        onMove={(moved, released) => onMove(Math.round(moved * PER_ONE) / PER_ONE, released)}
      />
    </div>
  )
}
