import type { RefObject } from 'react'
import { useHeldKey } from './held-key.ts'

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

/** Lets the arrow keys named move a number: holding a key down moves it, and it is let go of with the key. */
export function useArrowKeys(
  ref: RefObject<HTMLElement | null>,
  directions: Readonly<Record<string, number>>,
  { value, min, max, keyStep, onMove }: Stepped,
): void {
  const move = (direction: number, event: KeyboardEvent): void => {
    event.stopPropagation()
    const step = event.shiftKey ? keyStep.shift : keyStep.plain
    onMove(Math.min(max, Math.max(min, value + direction * step)), false)
  }
  useHeldKey(ref, { ways: directions, move, letGo: () => onMove(value, true) }, true)
}
