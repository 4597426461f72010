import { useRef, useState } from 'react'
import { useHostEvent } from './host-element.ts'
import { words } from '../words/words.ts'
import { useHeldKey } from './held-key.ts'

/** A place on the pad: 0 to 1 from the left, and from below. */
export interface PadPlace {
  readonly x: number
  readonly y: number
}

interface PadProps {
  /** What the whole is called, and its two directions. */
  readonly label: string
  readonly across: string
  readonly up: string
  readonly value: PadPlace
  /** The place while it is being moved, and once when it is let go of. */
  readonly onMove: (place: PadPlace, released: boolean) => void
}

const STEP = { plain: 0.05, shift: 0.01 } as const
const WAYS: Readonly<Record<string, PadPlace>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowDown: { x: 0, y: -1 },
  ArrowUp: { x: 0, y: 1 },
}

/** A square with a knob that moves in two directions, by pointer and by arrow keys. */
export function Pad({ label, across, up, value, onMove }: PadProps) {
  const ref = useRef<HTMLDivElement>(null)
  const [held, setHeld] = useState(false)
  const at = words.references.padAt(across, percent(value.x), up, percent(value.y))

  const to = (event: Event, released: boolean): void => {
    const place = placeOf(ref.current, event)
    if (place !== undefined) onMove(place, released)
  }
  const letGo = (event: Event): void => {
    if (!held) return
    setHeld(false)
    to(event, true)
  }
  useHostEvent(ref, 'pointerdown', (event) => {
    event.preventDefault()
    ref.current?.focus()
    capture(ref.current, event)
    setHeld(true)
    to(event, false)
  })
  useHostEvent(ref, 'pointermove', (event) => held && to(event, false))
  useHostEvent(ref, 'pointerup', letGo)
  useHostEvent(ref, 'pointercancel', letGo)

  useHeldKey(ref, {
    ways: WAYS,
    move(way, event) {
      const step = event.shiftKey ? STEP.shift : STEP.plain
      onMove({ x: value.x + step * way.x, y: value.y + step * way.y }, false)
    },
    letGo: () => onMove(value, true),
  })

  return (
    <div
      ref={ref}
      className="pad"
      tabIndex={0}
      role="slider"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * value.x)}
      aria-valuetext={at}
      title={words.references.padHelp(across, up)}
    >
      <span className="pad-up" aria-hidden>
        {up}
      </span>
      <span className="pad-across" aria-hidden>
        {across}
      </span>
      <div className="pad-knob" style={{ left: percent(value.x), bottom: percent(value.y) }} />
    </div>
  )
}

const percent = (share: number): string => `${Math.round(100 * share)}%`

/** Where on the pad a pointer is, also when it has left it. */
function placeOf(pad: HTMLElement | null, event: Event): PadPlace | undefined {
  if (pad === null) return undefined
  // Not every host has the same classes of events.
  const { clientX, clientY } = event as MouseEvent
  const { left, top, width, height } = pad.getBoundingClientRect()
  return { x: within((clientX - left) / width), y: within(1 - (clientY - top) / height) }
}

const within = (share: number): number => Math.min(1, Math.max(0, share))

/** Lets the pad hear of a pointer that leaves it, where the host can do that. */
function capture(pad: HTMLElement | null, event: Event): void {
  try {
    pad?.setPointerCapture((event as PointerEvent).pointerId)
  } catch {
    // The pad then hears of it only inside.
  }
}
