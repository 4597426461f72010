import { type RefObject, useRef } from 'react'
import { useHostEvent } from './host-element.ts'
import { isKeyEvent } from './key-event.ts'

interface HeldKey<Way> {
  /** What each key means; the others are left alone. */
  readonly ways: Readonly<Record<string, Way>>
  /** Once for each time the key says itself while it is down. */
  readonly move: (way: Way, event: KeyboardEvent) => void
  readonly letGo: () => void
}

/** Lets keys move something as long as they are down: letting the key go ends that, and so does leaving with it still down. */
export function useHeldKey<Way>(
  ref: RefObject<HTMLElement | null>,
  { ways, move, letGo }: HeldKey<Way>,
  capture = false,
): void {
  const isHeld = useRef(false)
  const onDown = (event: Event): void => {
    const way = isKeyEvent(event) ? ways[event.key] : undefined
    if (way === undefined) return
    event.preventDefault()
    isHeld.current = true
    move(way, event as KeyboardEvent)
  }
  const end = (): void => {
    if (!isHeld.current) return
    isHeld.current = false
    letGo()
  }
  useHostEvent(ref, 'keydown', onDown, capture)
  useHostEvent(ref, 'keyup', (event) => isKeyEvent(event) && ways[event.key] !== undefined && end(), capture)
  useHostEvent(ref, 'focusout', end)
}
