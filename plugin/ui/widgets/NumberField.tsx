import { useRef } from 'react'
import { type Stepped, UP_AND_DOWN, useArrowKeys } from './arrow-keys.ts'
import { TextField } from './Field.tsx'
import { useHostEvent } from './host-element.ts'
import { numberIn } from './number-text.ts'

interface NumberFieldProps extends Stepped {
  readonly label: string
  readonly digits: number
  /** What a double-click brings back. */
  readonly usual: number
}

/** A number to type: arrow keys move it, a double-click brings the usual one, and text that is none leaves it alone. */
export function NumberField({ label, digits, usual, ...stepped }: NumberFieldProps) {
  const { value, min, max, onMove } = stepped
  const ref = useRef<HTMLDivElement>(null)
  useHostEvent(ref, 'dblclick', () => onMove(usual, true))
  useArrowKeys(ref, UP_AND_DOWN, stepped)
  return (
    <div className="number" ref={ref}>
      <TextField
        label={label}
        quiet
        value={value.toFixed(digits)}
        onCommit={(text) => {
          const typed = numberIn(text)
          if (typed !== undefined) onMove(Math.min(max, Math.max(min, typed)), true)
        }}
      />
    </div>
  )
}
