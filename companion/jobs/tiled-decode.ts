import { totalmem } from 'node:os'
import { GROUP_NORM_EPS, vaeDecoderGraph, type VaeConfig } from '../networks/vae.ts'
import { tailNorms, tailReach, trunkScale, vaeTailGraph, vaeTrunkGraph } from '../networks/vae-tiles.ts'
import { latentScale } from '../models/checkpoint.ts'
import type { Part } from '../models/part.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import type { Networks } from './networks.ts'
import { cut, ownRows, tilesOver, type Tile } from './tiles.ts'

type Size = { readonly width: number; readonly height: number }

/** Part of the machine's memory that a decoder's activations may fill before they are made tile by tile. */
const MEMORY_SHARE = 1 / 3

/** Pictures of full size and the widest channels that ONNX Runtime keeps room for at one time, as measured. */
const ALIVE = 7

/** Bytes that a decoder's activations need at one time for a picture of that size in pixels. */
export const decodeBytes = ({ widths }: VaeConfig, { width, height }: Size): number =>
  4 * ALIVE * (widths[1] ?? widths[0]!) * width * height

/**
 * Latents, already divided by the scaling factor, to a picture in -1..1: at once where the activations fit the limit, else in
 * tiles. Tiles share the norms' statistics of the whole picture, so they show no seam and differ by rounding alone; it takes
 * a pass for each norm, two to seven times the time.
 * [1, 4, h, w] -> [1, 3, 8h, 8w]
 */
export async function decodeLatents(
  networks: Networks,
  vae: Part<VaeConfig>,
  latents: Tensor,
  limitBytes = MEMORY_SHARE * totalmem(),
): Promise<Tensor> {
  const { config, ledger, identity } = vae
  const [, , height, width] = latents.shape as [number, number, number, number]
  const scale = latentScale(config)
  const picture = { width: scale * width, height: scale * height }
  if (config.widths.length === 1 || decodeBytes(config, picture) <= limitBytes) {
    const build = () => vaeDecoderGraph(ledger.weights, config, { width, height }, networks.options)
    return (await networks.run(`vae-decoder ${width}x${height} of ${identity}`, build, { latents }))['picture']!
  }
  const build = () => vaeTrunkGraph(ledger.weights, config, { width, height }, networks.options)
  const key = `vae-trunk ${width}x${height} of ${identity}`
  const { trunk } = await networks.run(key, build, { latents })
  networks.unload(key)
  const whole = { width: trunkScale(config) * width, height: trunkScale(config) * height }
  return decodeTrunk(networks, vae, trunk!, tileWithin(config, whole, limitBytes))
}

/** The second half of a decoder in tiles of one size. [1, c, 4h, 4w] -> [1, 3, 8h, 8w] */
async function decodeTrunk(networks: Networks, vae: Part<VaeConfig>, trunk: Tensor, tile: Size): Promise<Tensor> {
  const { config, ledger, identity } = vae
  const [, , height, width] = trunk.shape as [number, number, number, number]
  const picture = { width: 2 * width, height: 2 * height }
  const tiles = tilesOver({ width, height }, tile, tailReach(config))
  const pass = async (known: number, norms: Tensors, take: (tile: Tile, made: Tensor) => void) => {
    const build = () => vaeTailGraph(ledger.weights, config, tile, known, networks.options)
    const key = `vae-tail ${known} ${tile.width}x${tile.height} of ${identity}`
    for (const one of tiles) {
      const made = await networks.run(key, build, { trunk: cut(trunk, one, tile), ...norms })
      take(one, (made['state'] ?? made['picture'])!)
    }
    // Each pass has a network of its own; all at once they would need what the tiles are to save.
    networks.unload(key)
  }

  let norms: Tensors = {}
  for (let n = 0; n < tailNorms(config); n++) {
    const sums = { first: new Float64Array(config.normGroups), second: new Float64Array(config.normGroups) }
    let channels = 0
    await pass(n, norms, (one, state) => {
      channels = state.shape[1]!
      addSums(sums, one, state, picture)
    })
    const count = (channels / config.normGroups) * picture.width * picture.height
    norms = { ...norms, ...prefixed(`norm.${n}`, normalising(sums, count)) }
  }
  const data = new Float32Array(3 * picture.width * picture.height)
  await pass(tailNorms(config), norms, (one, made) => {
    ownRows(one, made.shape, 2, picture, (_, from, to, length) => {
      data.set(made.data.subarray(from, from + length), to)
    })
  })
  return { shape: [1, 3, picture.height, picture.width], data }
}

interface Sums {
  readonly first: Float64Array
  readonly second: Float64Array
}

/** Adds a tile's own pixels, and their squares, to the sums of each group. */
function addSums({ first, second }: Sums, tile: Tile, { shape, data }: Tensor, picture: Size): void {
  const perGroup = shape[1]! / first.length
  ownRows(tile, shape, 2, picture, (channel, from, _, length) => {
    let [sum, squares] = [0, 0]
    for (let i = from; i < from + length; i++) {
      const value = data[i]!
      sum += value
      squares += value * value
    }
    const group = Math.floor(channel / perGroup)
    first[group]! += sum
    second[group]! += squares
  })
}

/** What makes a group's mean zero and its variance one: x · scale + shift. */
function normalising({ first, second }: Sums, count: number): Tensors {
  const shape = [first.length, 1]
  const scale = first.map((sum, g) => 1 / Math.sqrt(second[g]! / count - (sum / count) ** 2 + GROUP_NORM_EPS))
  const shift = first.map((sum, g) => -(sum / count) * scale[g]!)
  return {
    scale: { shape, data: Float32Array.from(scale) },
    shift: { shape, data: Float32Array.from(shift) },
  }
}

/** The largest tile, halving the whole, whose activations fit the limit and which still has more own pixels than others. */
function tileWithin(config: VaeConfig, whole: Size, limitBytes: number): Size {
  const least = 4 * tailReach(config)
  let tile = whole
  while (decodeBytes(config, { width: 2 * tile.width, height: 2 * tile.height }) > limitBytes) {
    const longer = tile.width >= tile.height ? 'width' : 'height'
    const half = Math.ceil(tile[longer] / 2) + tailReach(config)
    if (half >= tile[longer] || half < least) return tile
    tile = { ...tile, [longer]: half }
  }
  return tile
}
