import type { Controls } from '../double/controls.ts'
import type { Bounds } from '../double/geometry.ts'
import { isTyping } from './is-typing.ts'

/** A drag of fewer pixels of the window is a click, which selects nothing. */
const CLICK = 3

/** How many dashes go around the longer side of a document. */
const DASHES = 120

interface Corner {
  readonly x: number
  readonly y: number
}

/** The rectangular marquee: a drag over the document selects, a click and Ctrl+D select nothing, Ctrl+A all of it. */
export function connectMarquee(table: HTMLElement, canvas: HTMLCanvasElement, controls: Controls): void {
  const cornerOf = ({ clientX, clientY }: PointerEvent): Corner => {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    const within = (value: number, size: number) => Math.round(Math.min(1, Math.max(0, value)) * size)
    return {
      x: within((clientX - left) / width, canvas.width),
      y: within((clientY - top) / height, canvas.height),
    }
  }

  table.addEventListener('pointerdown', (down) => {
    // With Space or the middle button it moves the document.
    if (down.defaultPrevented || down.button !== 0 || down.target !== canvas) return
    const start = cornerOf(down)
    const box = document.createElement('div')
    box.className = 'marquee'
    document.body.append(box)
    canvas.setPointerCapture(down.pointerId)
    const move = (event: PointerEvent): void => {
      box.style.left = `${Math.min(down.clientX, event.clientX)}px`
      box.style.top = `${Math.min(down.clientY, event.clientY)}px`
      box.style.width = `${Math.abs(event.clientX - down.clientX)}px`
      box.style.height = `${Math.abs(event.clientY - down.clientY)}px`
    }
    const end = (): void => {
      box.remove()
      canvas.removeEventListener('pointermove', move)
      canvas.removeEventListener('pointerup', up)
      canvas.removeEventListener('pointercancel', end)
    }
    const up = (event: PointerEvent): void => {
      end()
      // A script began meanwhile: the person has to wait.
      if (controls.modal().length > 0) return
      const far = Math.max(Math.abs(event.clientX - down.clientX), Math.abs(event.clientY - down.clientY))
      if (far >= CLICK) controls.select(between(start, cornerOf(event)))
      else if (controls.active()?.state.selection) controls.select(null)
    }
    canvas.addEventListener('pointermove', move)
    canvas.addEventListener('pointerup', up)
    canvas.addEventListener('pointercancel', end)
  })

  document.addEventListener('keydown', (event) => {
    const active = controls.active()
    if (!(event.ctrlKey || event.metaKey) || active === null || isTyping(event)) return
    const key = event.key.toLowerCase()
    if (key !== 'a' && key !== 'd') return
    event.preventDefault()
    const { width, height } = active.state
    controls.select(key === 'd' ? null : { left: 0, top: 0, right: width, bottom: height })
  })
}

/** Draws the bounds of a selection onto the picture of its document. */
export function drawMarquee(canvas: HTMLCanvasElement, { left, top, right, bottom }: Bounds): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const dash = Math.max(2, Math.max(canvas.width, canvas.height) / DASHES)
  context.lineWidth = dash / 4
  for (const [colour, offset] of [
    ['#fff', 0],
    ['#000', dash],
  ] as const) {
    context.setLineDash([dash, dash])
    context.lineDashOffset = offset
    context.strokeStyle = colour
    context.strokeRect(left, top, right - left, bottom - top)
  }
}

const between = (a: Corner, b: Corner): Bounds => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
})
