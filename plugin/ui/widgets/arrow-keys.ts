import { type RefObject, useRef } from 'react'
import { useHostEvent } from './host-element.ts'
import { isKeyEvent } from './key-event.ts'

/** A number that arrow keys change. */
export interface Stepped {
  readonly value: number
  readonly min: number
  readonly max: number
  /** What an arrow key adds, and with Shift. */
  readonly keyStep: { readonly plain: number; readonly shift: number }
  /** The number while it is being moved, and once when it is let go of. */
  readonly onMove: (value: number, released: boolean) => void
}

export const UP_AND_DOWN: Readonly<Record<string, number>> = { ArrowDown: -1, ArrowUp: 1 }
export const ALL_ARROWS: Readonly<Record<string, number>> = { ...UP_AND_DOWN, ArrowLeft: -1, ArrowRight: 1 }

/**
 * Lets the arrow keys named move a number: holding a key down moves it, letting the key go lets the number go, and so does
 * leaving with the key still down.
 */
export function useArrowKeys(
  ref: RefObject<HTMLElement | null>,
  directions: Readonly<Record<string, number>>,
  { value, min, max, keyStep, onMove }: Stepped,
): void {
  const isHeld = useRef(false)
  const directionOf = (event: Event): number | undefined => (isKeyEvent(event) ? directions[event.key] : undefined)
  const onDown = (event: Event): void => {
    const direction = directionOf(event)
    if (direction === undefined) return
    event.preventDefault()
    event.stopPropagation()
    isHeld.current = true
    const step = (event as KeyboardEvent).shiftKey ? keyStep.shift : keyStep.plain
    onMove(Math.min(max, Math.max(min, value + direction * step)), false)
  }
  useHostEvent(ref, 'keydown', onDown, true)
  const letGo = (): void => {
    if (!isHeld.current) return
    isHeld.current = false
    onMove(value, true)
  }
  useHostEvent(ref, 'keyup', (event) => directionOf(event) !== undefined && letGo(), true)
  useHostEvent(ref, 'focusout', letGo)
}
