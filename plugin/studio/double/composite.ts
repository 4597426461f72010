import { canvasOf, type DocumentState, type LayerMask, type LayerState } from './document-state.ts'
import { type Bounds, heightOf, intersect, widthOf } from './geometry.ts'
import { boundsOf } from './layer-tree.ts'
import { type Depth, filled, fullOf, offset, samples, type Surface } from './surface.ts'

/**
 * The picture of all visible layers over clear ground: opacity, masks and groups as Photoshop has them; every blend mode
 * is painted as normal, and layer effects and adjustments are left out.
 */
export function compositeDocument(document: DocumentState): Surface {
  return compositeLayers(document.layers, canvasOf(document), document.depth)
}

/** The picture of some layers (front first) within `area`. */
export function compositeLayers(layers: readonly LayerState[], area: Bounds, depth: Depth): Surface {
  const ground: Surface = { bounds: area, channels: 4, data: samples(depth, widthOf(area) * heightOf(area) * 4) }
  paintLayers(ground, layers, depth)
  return ground
}

function paintLayers(ground: Surface, layers: readonly LayerState[], depth: Depth): void {
  const upwards = layers.toReversed()
  for (let at = 0, above = 1; at < upwards.length; at = above, above = at + 1) {
    const base = upwards[at]!
    while (upwards[above]?.clipping === true) above++
    const clipped = upwards.slice(at + 1, above).filter(({ visible }) => visible)
    if (!base.visible) continue
    if (clipped.length === 0) paintLayer(ground, base, depth)
    else paintClipped(ground, base, clipped, depth)
  }
}

/** A layer and what is clipped to it, which is seen where that is, as one picture. */
function paintClipped(ground: Surface, base: LayerState, clipped: readonly LayerState[], depth: Depth): void {
  const whole = { ...base, opacity: 100, ...(base.children && { blendMode: 'normal' }) }
  const picture = compositeLayers([whole], ground.bounds, depth)
  const shape = picture.data.filter((_, i) => i % 4 === 3)
  shape.forEach((alpha, i) => (picture.data[4 * i + 3] = alpha > 0 ? fullOf(depth) : 0))
  for (const layer of clipped) paintLayer(picture, layer, depth)
  shape.forEach((alpha, i) => (picture.data[4 * i + 3] = alpha))
  paint(ground, picture, base.opacity / 100, null, depth)
}

function paintLayer(ground: Surface, layer: LayerState, depth: Depth): void {
  const strength = (layer.opacity / 100) * (layer.fillOpacity / 100)
  const mask = layer.mask?.enabled === true ? layer.mask : null
  if (!layer.children) return paint(ground, layer.surface, strength, mask, depth)
  if (layer.artboard) {
    const { bounds, isWhite } = layer.artboard
    const area = intersect(ground.bounds, bounds)
    if (isWhite) paint(ground, filled(area, depth, Array<number>(4).fill(fullOf(depth))), strength, mask, depth)
    return paint(ground, compositeLayers(layer.children, area, depth), strength, mask, depth)
  }
  if (layer.blendMode === 'pass through' && strength === 1 && mask === null) {
    return paintLayers(ground, layer.children, depth)
  }
  const area = intersect(ground.bounds, boundsOf(layer))
  paint(ground, compositeLayers(layer.children, area, depth), strength, mask, depth)
}

/** Paints `source` over the ground, both unpremultiplied. */
function paint(ground: Surface, source: Surface, strength: number, mask: LayerMask | null, depth: Depth): void {
  const shared = intersect(ground.bounds, source.bounds)
  const full = fullOf(depth)
  const rounding = depth === 32 ? 0 : 0.5
  for (let y = shared.top; y < shared.bottom; y++) {
    let from = offset(source, shared.left, y)
    let to = offset(ground, shared.left, y)
    for (let x = shared.left; x < shared.right; x++, from += 4, to += 4) {
      const cover = mask === null ? strength : strength * maskAt(mask, x, y, full)
      const over = (source.data[from + 3]! / full) * cover
      if (over === 0) continue
      const under = (ground.data[to + 3]! / full) * (1 - over)
      const alpha = over + under
      for (let c = 0; c < 3; c++)
        ground.data[to + c] = (source.data[from + c]! * over + ground.data[to + c]! * under) / alpha + rounding
      ground.data[to + 3] = alpha * full + rounding
    }
  }
}

/** How much a mask lets through at a pixel, 0 to 1. */
function maskAt({ surface, outside }: LayerMask, x: number, y: number, full: number): number {
  const { left, top, right, bottom } = surface.bounds
  if (x < left || x >= right || y < top || y >= bottom) return outside / 255
  return surface.data[offset(surface, x, y)]! / full
}
