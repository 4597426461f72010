import { ImprintError } from '../../shared/errors.ts'
import type { BlockWeights, Degrees, LayerWeights, Mode } from '../../shared/recipe.ts'
import {
  crossAttentions,
  unetLayout,
  type BlockPlace,
  type CrossAttention,
  type UNetConfig,
} from '../networks/unet-layout.ts'

/** How much of a reference each cross-attention takes, in the order they run, before the reference's own weight. */
export function layerWeights(unet: UNetConfig, mode: Mode, layers: LayerWeights | undefined): readonly number[] {
  const layout = unetLayout(unet)
  const places = crossAttentions(layout)
  if (layers) {
    refuseUnknownBlocks(layers, layout)
    return places.map((place) => fromBlocks(layers, place))
  }
  const shares = modeShares(mode, layout)
  return places.map((place) => shares(place))
}

type Share = (place: CrossAttention) => number

/**
 * Style and layout come through different layers (InstantStyle, arXiv:2404.02733): the second transformer of the first up
 * block with attention carries the style, the last one of the last down block with attention the layout. In SD 1.5 these
 * are up_blocks.1.attentions.1 and down_blocks.2.attentions.1.
 */
function modeShares(mode: Mode, layout: readonly BlockPlace[]): Share {
  const attending = layout.filter((block) => block.transformers.length > 0)
  const deepest = attending.filter((block) => block.part === 'down').at(-1)
  const firstUp = attending.find((block) => block.part === 'up')
  const composition = ({ part, block, attention }: CrossAttention) =>
    part === 'down' && block === deepest?.index && attention === deepest.transformers.length - 1
  const style = ({ part, block, attention }: CrossAttention) =>
    part === 'up' && block === firstUp?.index && attention === 1
  if (typeof mode === 'object') return byDegrees(mode, { style, composition })
  switch (mode) {
    case 'all':
      return () => 1
    case 'style':
      return (place) => Number(style(place))
    case 'composition':
      return (place) => Number(composition(place))
    case 'style+composition':
      return (place) => Number(style(place) || composition(place))
    case 'strong-style':
      return (place) => Number(!composition(place))
  }
}

/** Between the modes: 1 and 1 are "all", 1 and 0 "style", 0 and 1 "composition". */
const byDegrees =
  (
    { style, layout }: Degrees,
    is: Readonly<Record<'style' | 'composition', (place: CrossAttention) => boolean>>,
  ): Share =>
  (place) =>
    is.style(place) ? style : is.composition(place) ? layout : Math.min(style, layout)

/** diffusers' form: a block that is not named takes nothing, one number holds for all its transformers. */
function fromBlocks(layers: LayerWeights, { part, block, attention }: CrossAttention): number {
  const given: BlockWeights | undefined = part === 'mid' ? layers.mid : layers[part]?.[`block_${block}`]
  return typeof given === 'number' ? given : (given?.[attention] ?? 0)
}

function refuseUnknownBlocks(layers: LayerWeights, layout: readonly BlockPlace[]): void {
  const blocks = (['down', 'up'] as const).flatMap((part) =>
    Object.entries(layers[part] ?? {}).map(([name, given]) => ({ field: `${part}.${name}`, given })),
  )
  const named = layers.mid === undefined ? blocks : [...blocks, { field: 'mid', given: layers.mid }]
  for (const { field, given } of named) {
    const count = layout.find((block) => fieldOf(block) === field)?.transformers.length ?? 0
    if (count === 0) {
      throw new ImprintError(
        'recipe-invalid',
        `recipe.references.layers.${field}: the model has no attention there. Name another block.`,
      )
    }
    if (typeof given !== 'number' && given.length !== count) {
      throw new ImprintError(
        'recipe-invalid',
        `recipe.references.layers.${field}: give one number, or a list of ${count}, not of ${given.length}.`,
      )
    }
  }
}

/** Where a recipe says what a block takes. */
const fieldOf = ({ part, index }: BlockPlace): string => (part === 'mid' ? 'mid' : `${part}.block_${index}`)
