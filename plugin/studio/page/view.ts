import { byId } from './element.ts'

const LEAST = 0.05
const MOST = 32
/** One press of a button or key, and one notch of the wheel. */
const STEP = 1.25
/** Pixels by which an arrow key moves the document. */
const NUDGE = 40
/** From here on single pixels are worth seeing. */
const PIXELATED = 2

interface Point {
  readonly clientX: number
  readonly clientY: number
}

/** How the document lies on its table: fitted into it until the person zooms. */
export interface View {
  /** Shows another document, or the same one with another size, in pixels. */
  show(size: { readonly width: number; readonly height: number }): void
}

/**
 * Zoom and pan of `canvas` on `table`, which scrolls: the wheel scrolls, with Ctrl or Alt it zooms at the pointer; the middle button, or
 * any with Space, drags; on the focused table arrows pan, `+` and `-` zoom, `0` fits and `1` shows every pixel as one.
 */
export function createView(table: HTMLElement, canvas: HTMLCanvasElement): View {
  let size = { width: 1, height: 1 }
  let zoom = 1
  let isFitted = true
  let isSpaceDown = false

  const fitting = (): number => {
    const { paddingLeft, paddingTop } = getComputedStyle(table)
    const width = table.clientWidth - 2 * Number.parseFloat(paddingLeft)
    const height = table.clientHeight - 2 * Number.parseFloat(paddingTop)
    return Math.max(LEAST, Math.min(1, width / size.width, height / size.height))
  }

  const draw = (): void => {
    if (isFitted) zoom = fitting()
    canvas.style.width = `${size.width * zoom}px`
    canvas.style.height = `${size.height * zoom}px`
    canvas.style.imageRendering = zoom >= PIXELATED ? 'pixelated' : 'auto'
    byId('output', 'zoom').textContent = `${Math.round(zoom * 100)} %`
  }

  /** Zooms, and keeps what lies under a point of the window where it is. */
  const zoomTo = (wanted: number, at: Point = middleOf(table)): void => {
    const before = canvas.getBoundingClientRect()
    const [x, y] = [(at.clientX - before.left) / zoom, (at.clientY - before.top) / zoom]
    zoom = Math.min(MOST, Math.max(LEAST, wanted))
    isFitted = false
    draw()
    const after = canvas.getBoundingClientRect()
    table.scrollLeft += after.left + x * zoom - at.clientX
    table.scrollTop += after.top + y * zoom - at.clientY
  }

  const fit = (): void => {
    isFitted = true
    draw()
  }

  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoomTo(zoom * STEP),
    '=': () => zoomTo(zoom * STEP),
    '-': () => zoomTo(zoom / STEP),
    '0': fit,
    '1': () => zoomTo(1),
    ArrowLeft: () => table.scrollBy(-NUDGE, 0),
    ArrowRight: () => table.scrollBy(NUDGE, 0),
    ArrowUp: () => table.scrollBy(0, -NUDGE),
    ArrowDown: () => table.scrollBy(0, NUDGE),
  }
  table.addEventListener('keydown', (event) => {
    if (event.key === ' ') isSpaceDown = true
    else if (keys[event.key] !== undefined) keys[event.key]?.()
    else return
    event.preventDefault()
  })
  table.addEventListener('keyup', ({ key }) => {
    if (key === ' ') isSpaceDown = false
  })
  table.addEventListener('blur', () => {
    isSpaceDown = false
  })

  table.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.altKey) return
      event.preventDefault()
      zoomTo(event.deltaY < 0 ? zoom * STEP : zoom / STEP, event)
    },
    { passive: false },
  )
  table.addEventListener('pointerdown', (down) => {
    if (down.button !== 1 && !isSpaceDown) return
    down.preventDefault()
    table.setPointerCapture(down.pointerId)
    const start = { left: table.scrollLeft, top: table.scrollTop }
    const move = (event: PointerEvent): void =>
      table.scrollTo(start.left + down.clientX - event.clientX, start.top + down.clientY - event.clientY)
    table.addEventListener('pointermove', move)
    table.addEventListener('pointerup', () => table.removeEventListener('pointermove', move), { once: true })
  })

  byId('button', 'zoom-in').addEventListener('click', () => zoomTo(zoom * STEP))
  byId('button', 'zoom-out').addEventListener('click', () => zoomTo(zoom / STEP))
  byId('button', 'fit').addEventListener('click', fit)
  new ResizeObserver(() => isFitted && draw()).observe(table)

  return {
    show(next) {
      if (next.width === size.width && next.height === size.height) return
      size = next
      fit()
    },
  }
}

function middleOf(table: HTMLElement): Point {
  const { left, top, width, height } = table.getBoundingClientRect()
  return { clientX: left + width / 2, clientY: top + height / 2 }
}
