const LEAST = 240
const MOST = 600
const KEY_STEP = 20

/** Lets the person drag the edge of the panel's column, or move it with the arrow keys. */
export function connectPanelEdge(edge: HTMLElement, column: HTMLElement): void {
  const set = (width: number): void => {
    const allowed = Math.min(MOST, Math.max(LEAST, Math.round(width)))
    column.style.width = `${allowed}px`
    edge.setAttribute('aria-valuenow', String(allowed))
  }
  edge.addEventListener('pointerdown', (down) => {
    edge.setPointerCapture(down.pointerId)
    const start = column.getBoundingClientRect().width
    const move = (event: PointerEvent): void => set(start + down.clientX - event.clientX)
    edge.addEventListener('pointermove', move)
    edge.addEventListener('pointerup', () => edge.removeEventListener('pointermove', move), { once: true })
  })
  edge.addEventListener('keydown', (event) => {
    const direction = { ArrowLeft: 1, ArrowRight: -1 }[event.key]
    if (direction === undefined) return
    event.preventDefault()
    set(column.getBoundingClientRect().width + direction * KEY_STEP)
  })
}
