import { useRef } from 'react'
import { useHostEvent, useHostValue, valueOf } from './host-element.ts'

interface SliderProps {
  readonly label: string
  /** Whole numbers: the host's slider knows no other steps. */
  readonly min: number
  readonly max: number
  readonly value: number
  /** What an arrow key adds, and with Shift. */
  readonly keyStep: { readonly plain: number; readonly shift: number }
  readonly onMove: (value: number, released: boolean) => void
}

const DIRECTIONS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }

/** The host's slider: `onMove` while it is held and once when it is let go of; arrow keys count as holding. */
export function Slider({ label, min, max, value, keyStep, onMove }: SliderProps) {
  const ref = useRef<HTMLElement>(null)
  useHostValue(ref, value)
  useHostEvent(ref, 'input', (event) => onMove(Number(valueOf(event)), false))
  useHostEvent(ref, 'change', (event) => onMove(Number(valueOf(event)), true))

  const towards = (event: Event): number | undefined =>
    event instanceof KeyboardEvent ? DIRECTIONS[event.key] : undefined
  const onKey = (event: Event): void => {
    const direction = towards(event)
    if (direction === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const step = (event as KeyboardEvent).shiftKey ? keyStep.shift : keyStep.plain
    onMove(Math.min(max, Math.max(min, value + direction * step)), false)
  }
  useHostEvent(ref, 'keydown', onKey, true)
  useHostEvent(ref, 'keyup', (event) => towards(event) !== undefined && onMove(value, true), true)

  return (
    <sp-slider ref={ref} min={min} max={max} variant="filled" show-value="false" class="slider">
      <sp-label slot="label">{label}</sp-label>
    </sp-slider>
  )
}
