import { type ReactNode, useRef, useState } from 'react'
import { type Stepped, useArrowKeys } from './arrow-keys.ts'
import { useHostEvent } from './host-element.ts'

interface FrameProps extends Stepped {
  readonly label: string
  /** Where the frame is, in words. */
  readonly at: string
  readonly help: string
  /** Whether the picture goes on to the left and right, or above and below. */
  readonly way: 'across' | 'down'
  /** The part of the picture that is seen, 0 to 1. */
  readonly share: number
  /** What a double-click brings back. */
  readonly usual: number
  /** Where the frame is after the picture was dragged from a place by a part of what is seen. */
  readonly draggedTo: (from: number, by: number) => number
  /** The picture. */
  readonly children: ReactNode
}

/** The frame moves as the arrow points, and the picture the other way. */
const ARROWS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/** Where a drag began: on the screen, and the frame over the picture. */
interface Grip {
  readonly x: number
  readonly y: number
  readonly value: number
  readonly isMoved: boolean
}

/** A picture that is seen in part: dragging it and the arrow keys move what is seen, a double-click brings the usual part. */
export function Frame({ label, at, help, way, share, usual, draggedTo, children, ...stepped }: FrameProps) {
  const { value, min, max, onMove } = stepped
  const ref = useRef<HTMLDivElement>(null)
  const [grip, setGrip] = useState<Grip>()

  const placeOf = (event: Event, { x, y, value: from }: Grip): number => {
    // Not every host has the same classes of events.
    const { clientX, clientY } = event as MouseEvent
    const { width, height } = ref.current?.getBoundingClientRect() ?? { width: 1, height: 1 }
    const by = way === 'across' ? (clientX - x) / width : (clientY - y) / height
    return Math.min(max, Math.max(min, draggedTo(from, by)))
  }
  const letGo = (event: Event): void => {
    if (grip?.isMoved) onMove(placeOf(event, grip), true)
    setGrip(undefined)
  }
  useHostEvent(ref, 'pointerdown', (event) => {
    event.preventDefault()
    ref.current?.focus()
    capture(ref.current, event)
    const { clientX: x, clientY: y } = event as MouseEvent
    setGrip({ x, y, value, isMoved: false })
  })
  useHostEvent(ref, 'pointermove', (event) => {
    if (grip === undefined) return
    setGrip({ ...grip, isMoved: true })
    onMove(placeOf(event, grip), false)
  })
  useHostEvent(ref, 'pointerup', letGo)
  useHostEvent(ref, 'pointercancel', letGo)
  useHostEvent(ref, 'dblclick', () => onMove(usual, true))
  useArrowKeys(ref, ARROWS, stepped)

  const [length, start] = [percent(share), percent(value * (1 - share))]
  return (
    <div className="frame">
      {children}
      <div
        ref={ref}
        className={`frame-grip frame-${way}`}
        tabIndex={0}
        role="slider"
        aria-label={label}
        aria-orientation={way === 'across' ? 'horizontal' : 'vertical'}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * value)}
        aria-valuetext={at}
        title={help}
      >
        <div
          className="frame-bar"
          style={way === 'across' ? { left: start, width: length } : { top: start, height: length }}
        />
      </div>
    </div>
  )
}

const percent = (part: number): string => `${Math.round(1000 * part) / 10}%`

/** Lets the picture hear of a pointer that leaves it, where the host can do that. */
function capture(element: HTMLElement | null, event: Event): void {
  try {
    element?.setPointerCapture((event as PointerEvent).pointerId)
  } catch {
    // It then hears of it only inside.
  }
}
