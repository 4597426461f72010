import { TextField } from './widgets/Field.tsx'
import { numberIn } from './widgets/number-text.ts'
import { words } from './words/words.ts'

interface OptionalNumberProps {
  readonly label: string
  readonly range: { readonly least: number; readonly most: number; readonly step: number }
  /** Undefined leaves it to the model. */
  readonly value: number | undefined
  readonly placeholder?: string
  readonly onCommit: (value: number | undefined) => void
}

/** A number, a multiple of its step, that may be left out: an empty field leaves it to the model, text that is no number changes nothing. */
export function OptionalNumber({ label, range, value, placeholder, onCommit }: OptionalNumberProps) {
  const { least, most, step } = range
  return (
    <div className="optional">
      <TextField
        label={label}
        value={value === undefined ? '' : String(value)}
        placeholder={placeholder ?? words.prompt.usual}
        onCommit={(text) => {
          const typed = numberIn(text)
          if (text.trim() === '') onCommit(undefined)
          else if (typed !== undefined) onCommit(Math.min(most, Math.max(least, Math.round(typed / step) * step)))
        }}
      />
    </div>
  )
}
