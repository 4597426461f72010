import { useRef } from 'react'
import { ALL_ARROWS, type Stepped, useArrowKeys } from './arrow-keys.ts'
import { useHostEvent, useHostValue, valueOf } from './host-element.ts'

/** The host's slider of whole numbers, it knows no other steps; arrow keys count as holding it. */
export function Slider({ label, ...stepped }: Stepped & { readonly label: string }) {
  const { value, min, max, onMove } = stepped
  const ref = useRef<HTMLElement>(null)
  useHostValue(ref, value)
  useHostEvent(ref, 'input', (event) => onMove(Number(valueOf(event)), false))
  useHostEvent(ref, 'change', (event) => onMove(Number(valueOf(event)), true))
  useArrowKeys(ref, ALL_ARROWS, stepped)
  return (
    <sp-slider ref={ref} min={min} max={max} variant="filled" show-value="false" class="slider">
      <sp-label slot="label">{label}</sp-label>
    </sp-slider>
  )
}
