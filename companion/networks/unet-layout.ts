/** The way down and the middle of a latent diffusion UNet, which a ControlNet has as well. */
export interface WayDownConfig {
  readonly inChannels: number
  /** Width of each level. */
  readonly widths: readonly number[]
  readonly layersPerBlock: number
  /** Which blocks on the way down have transformers, in order. */
  readonly downAttention: readonly boolean[]
  /** Attention heads and transformer blocks of each level, from the top down. */
  readonly heads: readonly number[]
  readonly depths: readonly number[]
  readonly crossAttentionWidth: number
  readonly normGroups: number
  readonly normEps: number
  /** Whether transformers project with a linear layer instead of a 1 x 1 convolution. */
  readonly linearProjection: boolean
  /** SDXL adds pooled text and picture sizes to the time embedding; undefined for other families. */
  readonly added: AddedConfig | undefined
}

/** Configuration of a latent diffusion UNet (Rombach et al. 2022, arXiv:2112.10752), as in its config.json. */
export interface UNetConfig extends WayDownConfig {
  readonly outChannels: number
  /** Which blocks on the way up have transformers, in order. */
  readonly upAttention: readonly boolean[]
  /** Width of the embedding of the guidance, which latent consistency models are told as a number. */
  readonly guidanceWidth?: number
}

/** What SDXL tells its UNet beside the time: pooled text [1, p] and six numbers, each as a sinusoid. */
export interface AddedConfig {
  /** Width of the sinusoid of each number. */
  readonly timeWidth: number
  /** Width of all of it: p + 6 · timeWidth. */
  readonly width: number
}

export interface ResnetPlace {
  readonly path: string
  readonly out: number
}

export interface TransformerPlace {
  readonly path: string
  readonly width: number
  readonly heads: number
  readonly depth: number
}

export interface BlockPlace {
  readonly part: 'down' | 'mid' | 'up'
  /** Number within its part. */
  readonly index: number
  readonly path: string
  readonly width: number
  readonly resnets: readonly ResnetPlace[]
  /** Empty in a block without attention; in the middle block one, behind the first resnet. */
  readonly transformers: readonly TransformerPlace[]
  /** Whether the block ends by halving or doubling the size. */
  readonly resamples: boolean
}

/** One text cross-attention of the UNet: where image prompts join in. */
export interface CrossAttention {
  /** Its transformer block, e.g. `down_blocks.0.attentions.1.transformer_blocks.0`. */
  readonly path: string
  readonly width: number
  readonly part: BlockPlace['part']
  readonly block: number
  /** Number of the transformer within its block. */
  readonly attention: number
  /** Its number in adapter files: all attentions counted down, up, middle, self and cross in turn. */
  readonly adapterIndex: number
}

/** The UNet's blocks in the order they run: down, middle, up. */
export function unetLayout(config: UNetConfig): readonly BlockPlace[] {
  const { widths, layersPerBlock, upAttention } = config
  const up = widths.map((_, i) =>
    block(config, 'up', i, widths.length - 1 - i, layersPerBlock + 1, upAttention[i] ? layersPerBlock + 1 : 0),
  )
  return [...wayDownLayout(config, true), ...up]
}

/** The blocks down and the middle one, in the order they run; a middle without attention has one resnet alone. */
export function wayDownLayout(config: WayDownConfig, middleAttends: boolean): readonly BlockPlace[] {
  const { widths, layersPerBlock, downAttention } = config
  const down = widths.map((_, i) => block(config, 'down', i, i, layersPerBlock, downAttention[i] ? layersPerBlock : 0))
  return [...down, block(config, 'mid', 0, widths.length - 1, middleAttends ? 2 : 1, middleAttends ? 1 : 0)]
}

function block(
  { widths, heads, depths }: WayDownConfig,
  part: BlockPlace['part'],
  index: number,
  level: number,
  resnets: number,
  attentions: number,
): BlockPlace {
  const path = part === 'mid' ? 'mid_block' : `${part}_blocks.${index}`
  const width = widths[level]!
  return {
    part,
    index,
    path,
    width,
    resnets: Array.from({ length: resnets }, (_, j) => ({ path: `${path}.resnets.${j}`, out: width })),
    transformers: Array.from({ length: attentions }, (_, j) => ({
      path: `${path}.attentions.${j}`,
      width,
      heads: heads[level]!,
      depth: depths[level]!,
    })),
    resamples: part !== 'mid' && index < widths.length - 1,
  }
}

/** The shape of so many channels where the sides of latents have been halved so often, rounding up. */
const atLevel = (size: { readonly width: number; readonly height: number }, channels: number, level: number) =>
  [1, channels, Math.ceil(size.height / 2 ** level), Math.ceil(size.width / 2 ** level)] as const

/** What the way down leaves for the way up, by name and shape: each skip as `down.N`, and last the middle's `mid`. */
export function leftForWayUp(
  { widths, layersPerBlock }: WayDownConfig,
  size: { readonly width: number; readonly height: number },
): readonly { readonly name: string; readonly shape: readonly [1, number, number, number] }[] {
  const at = (channels: number, level: number) => atLevel(size, channels, level)
  const last = widths.length - 1
  const skips = widths.flatMap((width, level) => [
    ...Array.from({ length: layersPerBlock }, () => at(width, level)),
    ...(level < last ? [at(width, level + 1)] : []),
  ])
  return [
    ...[at(widths[0]!, 0), ...skips].map((shape, i) => ({ name: `down.${i}`, shape })),
    { name: 'mid', shape: at(widths[last]!, last) },
  ]
}

/**
 * Where T2I-Adapters add to the way down, by name and shape: `down.N` behind the last attention of a block, or behind a whole
 * block that has none, and then `mid` behind the middle.
 */
export function addedOnWayDown(
  { widths, downAttention }: WayDownConfig,
  size: { readonly width: number; readonly height: number },
): readonly { readonly name: string; readonly shape: readonly [1, number, number, number] }[] {
  const last = widths.length - 1
  const level = (i: number) => (downAttention[i] ? i : Math.min(i + 1, last))
  return [
    ...widths.map((width, i) => ({ name: `down.${i}`, shape: atLevel(size, width, level(i)) })),
    { name: 'mid', shape: atLevel(size, widths[last]!, last) },
  ]
}

/** Numbers of positions at which the UNet attends, for latents of that size; each level halves the sides, rounding up. */
export function attendedPositions(config: UNetConfig, size: { width: number; height: number }): readonly number[] {
  const halved = (side: number, level: number) => Math.ceil(side / 2 ** level)
  const attends = (level: number) =>
    config.downAttention[level] ||
    config.upAttention[config.widths.length - 1 - level] ||
    level === config.widths.length - 1
  return config.widths.flatMap((_, level) =>
    attends(level) ? [halved(size.width, level) * halved(size.height, level)] : [],
  )
}

/** All cross-attentions in the order they run, with their numbers in adapter files. */
export function crossAttentions(layout: readonly BlockPlace[]): readonly CrossAttention[] {
  const filed = [...layout].sort((a, b) => FILED.indexOf(a.part) - FILED.indexOf(b.part))
  const numbers = new Map(filed.flatMap(crossAttentionPaths).map((path, i) => [path, 2 * i + 1]))
  return layout.flatMap((block) =>
    block.transformers.flatMap((transformer, attention) =>
      blockPaths(transformer).map((path) => ({
        path,
        width: transformer.width,
        part: block.part,
        block: block.index,
        attention,
        adapterIndex: numbers.get(path)!,
      })),
    ),
  )
}

/** Adapter files count the middle block last, although it runs between the two others. */
const FILED: readonly BlockPlace['part'][] = ['down', 'up', 'mid']

const blockPaths = ({ path, depth }: TransformerPlace): string[] =>
  Array.from({ length: depth }, (_, i) => `${path}.transformer_blocks.${i}`)

const crossAttentionPaths = (block: BlockPlace): string[] => block.transformers.flatMap(blockPaths)
