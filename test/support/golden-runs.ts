import { guidanceEmbedding, sinusoid } from '../../companion/diffusion/time-embedding.ts'
import type { Graph, GraphOptions } from '../../companion/graph/graph.ts'
import { ipAdapterGraph } from '../../companion/networks/ip-adapter.ts'
import { adapterReads, type IpAdapterConfig } from '../../companion/networks/ip-adapter/config.ts'
import { textKeysValuesGraph, timeGraph } from '../../companion/networks/unet-conditioning.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import { crossAttentions, unetLayout, type UNetConfig } from '../../companion/networks/unet-layout.ts'
import { loadNetwork } from '../../companion/runtime/onnx.ts'
import { prefixed, type Network, type Tensors } from '../../companion/runtime/tensor.ts'
import type { Weights } from '../../companion/weights/weights.ts'
import { hashInput } from './hash-weights.ts'

/** Loads a graph, runs it once and lets it go. */
export async function runOnce(graph: Graph, inputs: Tensors): Promise<Tensors> {
  const network = await loadNetwork(graph, 'cpu')
  try {
    return await network.run(inputs)
  } finally {
    await network.dispose()
  }
}

/** The n-th of several pictures or prompts stored one behind the other. */
export const row = (data: Float32Array, n: number, shape: readonly number[]) => {
  const length = shape.reduce((product, dim) => product * dim, 1)
  return { shape, data: data.slice(n * length, (n + 1) * length) }
}

/** What a UNet of the SDXL family is told beside the time: pooled text, and the picture's sizes. */
export function added(n: number): Tensors[string] {
  const { data } = row(hashInput('in:pooled', 2 * 32), n, [1, 32])
  const sizes = [128, 128, 0, 0, 128, 128].flatMap((side) => [...sinusoid(side, 8)])
  return { shape: [1, 80], data: Float32Array.of(...data, ...sizes) }
}

/** What an adapter reads of the n-th of the goldens' pictures and faces. */
export function features(config: IpAdapterConfig, pictures: number, n: number): Tensors {
  const { clip, face } = adapterReads(config)
  return {
    ...(clip === 'embeds' && { features: row(hashInput('in:clip', 2 * pictures * 40), n, [1, 40]) }),
    ...(clip === 'penultimate' && { features: row(hashInput('in:cliph', 2 * pictures * 257 * 40), n, [257, 40]) }),
    ...(face && { face: row(hashInput('in:face', 2 * pictures * 16), n, [1, 16]) }),
  }
}

/** Image tokens of some features, and their keys and values for a UNet. */
export async function adapterOutputs(
  w: Weights,
  config: IpAdapterConfig,
  unet: UNetConfig,
  given: Tensors,
  options: GraphOptions,
): Promise<Tensors> {
  const layers = crossAttentions(unetLayout(unet))
  return runOnce(ipAdapterGraph(w, config, layers, given['features']?.shape[0] ?? 0, options), given)
}

/** An image prompt of a UNet run: its keys and values and how much each layer takes of it. */
export interface GoldenPrompt {
  readonly keysValues: Tensors
  readonly weight: number
  /** All layers take the whole of it where this is absent. */
  readonly layers?: readonly number[]
  /** `mask.N` for every number of positions; it acts everywhere where this is absent. */
  readonly masks?: Tensors
}

/** A loaded UNet that predicts for latents, a timestep, text states and image prompts. */
export interface GoldenUNet {
  predict(
    x: Float32Array,
    timestep: number,
    states: Tensors[string],
    prompts?: readonly GoldenPrompt[],
    added?: Tensors[string],
  ): Promise<Float32Array>
  /** What the time embedding network makes of a timestep, and of what SDXL is told beside it. */
  time(timestep: number, added?: Tensors[string]): Promise<Tensors>
  dispose(): Promise<void>
}

/** What one UNet is told at every run. */
export interface Told {
  /** Whether its image prompts have masks, all of them or none. */
  readonly masked?: boolean
  /** For models that are told the guidance as a number. */
  readonly guidance?: number
  /** How strong LoRAs are, by the input that says so. */
  readonly strengths?: Readonly<Record<string, number>>
}

/** A graph loaded; of the strengths it is given those that it asks for. */
async function loaded(graph: Graph, strengths: Readonly<Record<string, number>>): Promise<Network> {
  const network = await loadNetwork(graph, 'cpu')
  const asked = Object.entries(strengths).filter(([name]) => graph.inputs.has(name))
  const given = Object.fromEntries(
    asked.map(([name, strength]) => [name, { shape: [1], data: Float32Array.of(strength) }]),
  )
  return { ...network, run: (inputs) => network.run({ ...inputs, ...given }) }
}

/** Loads a UNet for latents of one size and image prompts of the given numbers of tokens. */
export async function goldenUNet(
  w: Weights,
  config: UNetConfig,
  size: { height: number; width: number },
  imageTokens: readonly number[],
  options: GraphOptions,
  { masked = false, guidance, strengths = {} }: Told = {},
): Promise<GoldenUNet> {
  const shape = { ...size, textTokens: 77, imageTokens, masked: imageTokens.map(() => masked) }
  const networks: Record<'time' | 'text' | 'unet', Network> = {
    time: await loaded(timeGraph(w, config, options), strengths),
    text: await loaded(textKeysValuesGraph(w, config, 77, options), strengths),
    unet: await loaded(unetGraph(w, config, shape, options), strengths),
  }
  const layers = crossAttentions(unetLayout(config)).length
  const time = (timestep: number, added?: Tensors[string]) => {
    const { widths, guidanceWidth } = config
    return networks.time.run({
      sinusoid: { shape: [1, widths[0]!], data: sinusoid(timestep, widths[0]!) },
      ...(added && { added }),
      ...(guidance !== undefined && {
        guidance: { shape: [1, guidanceWidth!], data: guidanceEmbedding(guidance, guidanceWidth!) },
      }),
    })
  }
  return {
    time,
    async predict(x, timestep, states, prompts = [], added) {
      const shifts = Object.entries(await time(timestep, added)).filter(([name]) => name.startsWith('time.'))
      const images = prompts.flatMap(
        ({ keysValues, weight, layers: shares = Array<number>(layers).fill(1), masks }, r) => [
          ...Object.entries(prefixed(`image.${r}`, { ...keysValuesOnly(keysValues), ...masks })),
          [`image.${r}.weight`, { shape: [1], data: Float32Array.of(weight) }] as const,
          [`image.${r}.layers`, { shape: [layers], data: Float32Array.from(shares) }] as const,
        ],
      )
      const { prediction } = await networks.unet.run({
        sample: { shape: [1, config.inChannels, size.height, size.width], data: x },
        ...Object.fromEntries(shifts),
        ...prefixed('text', await networks.text.run({ states })),
        ...Object.fromEntries(images),
      })
      return prediction!.data
    },
    async dispose() {
      await Promise.all(Object.values(networks).map((network) => network.dispose()))
    },
  }
}

const keysValuesOnly = (outputs: Tensors): Tensors =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => name !== 'tokens'))
