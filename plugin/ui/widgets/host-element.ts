import { type RefObject, useEffect, useEffectEvent } from 'react'

/** One of Photoshop's own widgets that holds a value. */
export interface ValueElement extends HTMLElement {
  value: string | number
}

/** One of Photoshop's own widgets that lists things. */
export interface ListElement extends HTMLElement {
  selectedIndex: number
}

/** Listens to an event of a host widget; React does not attach its own handlers to these everywhere. */
export function useHostEvent(
  ref: RefObject<HTMLElement | null>,
  name: string,
  handler: (event: Event) => void,
  capture = false,
): void {
  const latest = useEffectEvent(handler)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const listener = (event: Event): void => latest(event)
    element.addEventListener(name, listener, capture)
    return () => element.removeEventListener(name, listener, capture)
  }, [ref, name, capture])
}

/**
 * Shows `value` in a host widget, and leaves the widget alone while it already does: a cursor may be in it. Shows it again
 * whenever `turn` changes.
 */
export function useHostValue(ref: RefObject<HTMLElement | null>, value: string | number, turn = 0): void {
  useEffect(() => {
    const element = ref.current as ValueElement | null
    if (element === null || String(element.value) === String(value)) return
    try {
      element.value = value
    } catch {
      // Some versions of the widgets only offer the attribute.
      element.setAttribute('value', String(value))
    }
  }, [ref, value, turn])
}

/** What a host widget holds. */
export const valueOf = (event: Event): string => String((event.currentTarget as ValueElement).value)
