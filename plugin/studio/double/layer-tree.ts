import type { LayerState } from './document-state.ts'
import { type Bounds, EMPTY, union } from './geometry.ts'

/** Every layer of a tree, front first, a group before its children. */
export function* walk(layers: readonly LayerState[]): Generator<LayerState> {
  for (const layer of layers) {
    yield layer
    if (layer.children) yield* walk(layer.children)
  }
}

/** The layer of an id, or undefined. */
export function findLayer(layers: readonly LayerState[], id: number): LayerState | undefined {
  for (const layer of walk(layers)) if (layer.id === id) return layer
  return undefined
}

/** The group a layer lies in; null at the top of the document. */
export function parentOf(layers: readonly LayerState[], id: number): LayerState | null {
  for (const layer of walk(layers)) if (layer.children?.some((child) => child.id === id)) return layer
  return null
}

/** The tree with one layer changed; every layer beside its ancestors stays the same object. */
export function changeLayer(
  layers: readonly LayerState[],
  id: number,
  change: (layer: LayerState) => LayerState,
): readonly LayerState[] {
  return rewrite(layers, id, (layer) => [change(layer)])
}

/** The tree without a layer (and without what lies in it). */
export const removeLayer = (layers: readonly LayerState[], id: number): readonly LayerState[] =>
  rewrite(layers, id, () => [])

/** The tree with `added` right above (before) or below (after) a layer. */
export function insertBeside(
  layers: readonly LayerState[],
  id: number,
  added: LayerState,
  where: 'above' | 'below',
): readonly LayerState[] {
  return rewrite(layers, id, (layer) => (where === 'above' ? [added, layer] : [layer, added]))
}

/** The tree with `added` as front or back child of a group; a null group is the document itself. */
export function insertInside(
  layers: readonly LayerState[],
  group: number | null,
  added: LayerState,
  where: 'front' | 'back',
): readonly LayerState[] {
  const into = (children: readonly LayerState[]) => (where === 'front' ? [added, ...children] : [...children, added])
  if (group === null) return into(layers)
  return changeLayer(layers, group, (layer) => ({ ...layer, children: into(layer.children ?? []) }))
}

/** The rectangle of a layer's pixels; of a group, around all it holds. */
export function boundsOf(layer: LayerState): Bounds {
  if (!layer.children) return layer.surface.bounds
  return layer.children.map(boundsOf).reduce(union, EMPTY)
}

function rewrite(
  layers: readonly LayerState[],
  id: number,
  replace: (layer: LayerState) => readonly LayerState[],
): readonly LayerState[] {
  if (!findLayer(layers, id)) return layers
  return layers.flatMap((layer) => {
    if (layer.id === id) return replace(layer)
    if (!layer.children || !findLayer(layer.children, id)) return [layer]
    return [{ ...layer, children: rewrite(layer.children, id, replace) }]
  })
}
