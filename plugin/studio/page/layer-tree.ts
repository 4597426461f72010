import type { Controls } from '../double/controls.ts'
import type { LayerState } from '../double/document-state.ts'
import { drawnOn } from './draw.ts'
import { element } from './element.ts'

const THUMBNAIL = 28
/** Pixels by which what lies in a group stands further in. */
const INDENT = 24

/**
 * Shows the active document's layers in `tree` (an ARIA tree) and lets the person select (with Ctrl or Cmd several), show,
 * hide and fold them.
 */
export function createLayerTree(tree: HTMLElement, controls: Controls): { draw(): void } {
  /** Pictures by layer value: a layer that did not change is not drawn again. */
  const pictures = new WeakMap<object, HTMLCanvasElement>()
  let drawn: unknown[] = []

  const rows = (): HTMLElement[] => [...tree.querySelectorAll<HTMLElement>('[role="treeitem"]')]
  const idOf = (row: HTMLElement): number => Number(row.dataset['id'])

  const draw = (): void => {
    const document = controls.active()
    const now = document === null ? [] : [document.id, document.state, ...document.selectedIds]
    if (now.length === drawn.length && now.every((value, i) => value === drawn[i])) return
    drawn = now
    const hadFocus = tree.contains(globalThis.document.activeElement)
    const selected = document?.selectedIds ?? []
    tree.replaceChildren(...(document?.state.layers ?? []).flatMap((layer) => branch(layer, 1, selected)))
    const current = rows().find((row) => selected.includes(idOf(row))) ?? rows()[0]
    if (current !== undefined) current.tabIndex = 0
    if (hadFocus) current?.focus()
  }

  /** A layer's row, and behind it what lies in an open group: inside it, a group would be called by all it holds. */
  const branch = (layer: LayerState, level: number, selected: readonly number[]): HTMLElement[] => {
    const isGroup = layer.children !== null
    const row = element('div', 'layer', {
      role: 'treeitem',
      'aria-label': layer.name,
      'aria-level': String(level),
      'aria-selected': String(selected.includes(layer.id)),
      ...(isGroup ? { 'aria-expanded': String(layer.open) } : {}),
      'data-id': String(layer.id),
    })
    row.tabIndex = -1
    const line = element('div', 'layer-line')
    const shown = eye(layer)
    shown.style.marginRight = `${(level - 1) * INDENT}px`
    line.append(shown)
    if (isGroup) line.append(fold(layer))
    line.append(isGroup ? element('span', 'folder') : picture(layer), named(layer))
    if (layer.locks.all || layer.locks.pixels) line.append(element('span', 'lock', { title: 'Locked' }))
    line.addEventListener('click', (event) => {
      const others = event.ctrlKey || event.metaKey ? selected.filter((id) => id !== layer.id) : []
      controls.selectLayers([...others, layer.id])
    })
    if (isGroup) line.addEventListener('dblclick', () => controls.setOpen(layer.id, !layer.open))
    row.append(line)
    if (layer.children === null || !layer.open) return [row]
    const inside = element('div', '', { role: 'group', 'aria-label': layer.name })
    inside.append(...layer.children.flatMap((child) => branch(child, level + 1, selected)))
    return [row, inside]
  }

  const named = (layer: LayerState): HTMLElement => {
    const name = element('span', 'layer-name')
    name.textContent = layer.name
    return name
  }

  const eye = (layer: LayerState): HTMLElement => {
    const button = element('button', layer.visible ? 'eye' : 'eye eye-shut', {
      type: 'button',
      'aria-label': `${layer.visible ? 'Hide' : 'Show'} ${layer.name}`,
    })
    button.tabIndex = -1
    button.addEventListener('click', (event) => {
      event.stopPropagation()
      controls.setVisible(layer.id, !layer.visible)
    })
    return button
  }

  const fold = (layer: LayerState): HTMLElement => {
    const button = element('button', layer.open ? 'fold fold-open' : 'fold', {
      type: 'button',
      'aria-label': `${layer.open ? 'Close' : 'Open'} ${layer.name}`,
    })
    button.tabIndex = -1
    button.addEventListener('click', (event) => {
      event.stopPropagation()
      controls.setOpen(layer.id, !layer.open)
    })
    return button
  }

  const picture = (layer: LayerState): HTMLElement => {
    const known = pictures.get(layer.surface)
    if (known !== undefined) return known
    const canvas = element('canvas', 'layer-picture checkered', { width: `${THUMBNAIL}`, height: `${THUMBNAIL}` })
    const whole = drawnOn(element('canvas', ''), controls.layerPicture(layer.id).picture)
    const scale = Math.min(THUMBNAIL / whole.width, THUMBNAIL / whole.height)
    const [width, height] = [whole.width * scale, whole.height * scale]
    canvas.getContext('2d')?.drawImage(whole, (THUMBNAIL - width) / 2, (THUMBNAIL - height) / 2, width, height)
    pictures.set(layer.surface, canvas)
    return canvas
  }

  tree.addEventListener('keydown', (event) => {
    const all = rows()
    const at = all.findIndex((row) => row === event.target)
    const row = all[at]
    if (row === undefined) return
    const layer = controls.layer(idOf(row))
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key]
    const goal = to === undefined ? undefined : all[to]
    if (goal !== undefined) controls.selectLayers([idOf(goal)])
    else if (event.key === 'Enter') controls.selectLayers([idOf(row)])
    else if (event.key === ' ' && layer !== null) controls.setVisible(layer.id, !layer.visible)
    else if (event.key === 'ArrowRight' && layer?.children) controls.setOpen(layer.id, true)
    else if (event.key === 'ArrowLeft' && layer?.children) controls.setOpen(layer.id, false)
    else return
    event.preventDefault()
  })

  return { draw }
}
