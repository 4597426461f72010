import type { AdjustmentLayer, Layer } from 'ag-psd'
import type { LayerKind } from '../double/document-state.ts'

const ADJUSTMENT_KINDS: Readonly<Record<AdjustmentLayer['type'], LayerKind>> = {
  'brightness/contrast': 'brightnessContrast',
  levels: 'levels',
  curves: 'curves',
  exposure: 'exposure',
  vibrance: 'vibrance',
  'hue/saturation': 'hueSaturation',
  'color balance': 'colorBalance',
  'black & white': 'blackAndWhite',
  'photo filter': 'photoFilter',
  'channel mixer': 'channelMixer',
  'color lookup': 'colorLookup',
  invert: 'inversion',
  posterize: 'posterize',
  threshold: 'threshold',
  'gradient map': 'gradientMap',
  'selective color': 'selectiveColor',
}

/** What kind of layer a PSD's layer record describes. */
export function kindOf(layer: Layer): LayerKind {
  if (layer.children) return 'group'
  if (layer.placedLayer) return 'smartObject'
  if (layer.text) return 'text'
  if (layer.adjustment) return ADJUSTMENT_KINDS[layer.adjustment.type]
  if (layer.vectorFill) {
    if (layer.vectorFill.type === 'color') return 'solidColor'
    return layer.vectorFill.type === 'pattern' ? 'pattern' : 'gradientFill'
  }
  return 'pixel'
}
