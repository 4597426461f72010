import { type RefObject, useLayoutEffect } from 'react'

/** What the keyboard can reach, in the order in which it does. */
const STOPS =
  'sp-button, sp-action-button, sp-picker, sp-textfield, sp-textarea, sp-checkbox, sp-slider, [tabindex="0"]'

/** A stop's place among those of something around it. */
interface Place {
  readonly around: Element
  readonly at: number
}

/**
 * When a control goes that has the keyboard's focus, the one that takes its place gets it: whoever pressed a button that
 * is gone by that is not sent back to the beginning of the panel.
 */
export function useKeptFocus(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = ref.current
    return () => {
      if (element === null || globalThis.document.activeElement !== element) return
      const places = placesOf(element)
      // What comes in its stead is there, and can take the focus, once this rendering and the widgets' own are done.
      setTimeout(() => focusOneOf(places), 0)
    }
  }, [ref])
}

/** From the inside out, as far as the panel goes. */
function placesOf(element: HTMLElement): readonly Place[] {
  const places: Place[] = []
  const panel = element.closest('.panel')
  for (let around = element.parentElement; around !== null && panel?.contains(around); around = around.parentElement) {
    places.push({ around, at: stopsOf(around).indexOf(element) })
  }
  return places
}

function focusOneOf(places: readonly Place[]): void {
  // Who took the focus by purpose keeps it.
  if (globalThis.document.activeElement !== globalThis.document.body) return
  for (const { around, at } of places) {
    if (!around.isConnected) continue
    const stops = stopsOf(around)
    if (stops.length > 0) return stops[Math.min(Math.max(at, 0), stops.length - 1)]!.focus()
  }
}

const stopsOf = (around: Element): HTMLElement[] => [...around.querySelectorAll<HTMLElement>(STOPS)]
