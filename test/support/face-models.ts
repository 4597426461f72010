import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  controlHintGraph,
  controlKeysValuesGraph,
  controlNetGraph,
  controlTimeGraph,
} from '../../companion/networks/controlnet.ts'
import { openWeightFile } from '../../companion/weights/weight-file.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { detectorStandIn, recogniserStandIn, type SeenAs } from './face-stand-ins.ts'
import { fixture } from './golden.ts'
import { CXL } from './golden-networks.ts'
import { hashTensor, hashWeights } from './hash-weights.ts'

type Shapes = ReadonlyMap<string, readonly number[]>

/** Eyes, nose and mouth around a cell, in strides of its detector's grid, a little tilted. */
export const SEEN: SeenAs = {
  box: [4, 5, 5, 6],
  points: [-2, -1.5, 2.25, -2, 0.25, 0.5, -1.5, 2.5, 2, 2.25],
}

/** How many convolutions the recognisers of the two packs have. */
export const CONVOLUTIONS = { buffalo_l: 53, antelopev2: 103 } as const

const shapesIn = (file: string): Map<string, readonly number[]> =>
  new Map([...openWeightFile(fixture('models', 'ipadapter', file)).tensors].map(([name, { shape }]) => [name, shape]))

const write = (path: string, shapes: Shapes): Promise<void> =>
  writeSafetensors(
    path,
    Object.fromEntries([...shapes].map(([name, shape]) => [name, { shape, data: hashTensor(name, shape) }])),
  )

/** An adapter of the fixtures' shapes, but for faces of 512 numbers. */
const forFaces = (file: string): Shapes => shapesIn(file).set('image_proj.proj.0.weight', [32, 512])

/** InstantID's adapter for "tinyxl": a Resampler of four queries and two layers that reads a face of 512 numbers. */
function instantId(): Shapes {
  const [inner, width, heads] = [64, 56, 64]
  const layer = (i: number): [string, number[]][] => [
    ...['0.norm1', '0.norm2', '1.0'].flatMap((norm): [string, number[]][] => [
      [`layers.${i}.${norm}.weight`, [inner]],
      [`layers.${i}.${norm}.bias`, [inner]],
    ]),
    [`layers.${i}.0.to_q.weight`, [heads, inner]],
    [`layers.${i}.0.to_kv.weight`, [2 * heads, inner]],
    [`layers.${i}.0.to_out.weight`, [inner, heads]],
    [`layers.${i}.1.1.weight`, [4 * inner, inner]],
    [`layers.${i}.1.3.weight`, [inner, 4 * inner]],
  ]
  const projection: [string, number[]][] = [
    ['latents', [1, 4, inner]],
    ['proj_in.weight', [inner, 512]],
    ['proj_in.bias', [inner]],
    ...layer(0),
    ...layer(1),
    ['proj_out.weight', [width, inner]],
    ['proj_out.bias', [width]],
    ['norm_out.weight', [width]],
    ['norm_out.bias', [width]],
  ]
  return new Map([
    ...[...shapesIn('ip-adapter_tinyxl.safetensors')].filter(([name]) => name.startsWith('ip_adapter.')),
    ...projection.map(([name, shape]): [string, number[]] => [`image_proj.${name}`, shape]),
  ])
}

/** A ControlNet for "tinyxl", such as InstantID's IdentityNet. */
async function identityNet(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const unet = readFileSync(fixture('models', 'diffusers', 'tinyxl', 'unet', 'config.json'), 'utf8')
  const config = {
    ...(JSON.parse(unet) as Record<string, unknown>),
    _class_name: 'ControlNetModel',
    conditioning_channels: 3,
    conditioning_embedding_out_channels: CXL.hintWidths,
    controlnet_conditioning_channel_order: CXL.hintOrder,
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const made = hashWeights()
  const options = { attention: 'fused' } as const
  const size = { width: 8, height: 8 }
  controlTimeGraph(made.weights, CXL, options)
  controlKeysValuesGraph(made.weights, CXL, 1, options)
  controlHintGraph(made.weights, CXL, size, options)
  controlNetGraph(made.weights, CXL, { ...size, tokens: 1 }, options)
  const shapes = new Map([...made.tensors].map(([name, { shape }]) => [name, shape]))
  await write(join(folder, 'diffusion_pytorch_model.safetensors'), shapes)
  made.dispose()
}

/** Stand-ins of both packs of InsightFace, each in its folder. */
export function writeFacePacks(folder: string): void {
  for (const [kind, convolutions] of Object.entries(CONVOLUTIONS)) {
    const pack = join(folder, 'insightface', kind)
    mkdirSync(pack, { recursive: true })
    writeFileSync(join(pack, 'detector.onnx'), detectorStandIn(SEEN))
    const raw = kind === 'antelopev2'
    writeFileSync(join(pack, 'recogniser.onnx'), recogniserStandIn(convolutions, { raw, weightsAsInputs: raw }))
  }
}

/**
 * Models for faces of 512 numbers, small and of made-up weights, beside the fixtures' checkpoints and image encoder:
 * "faceid" and "plusv2" for "tiny15", "instantid" and the ControlNet "identity" for "tinyxl". No face packs.
 */
export async function writeFaceModels(folder: string): Promise<void> {
  for (const part of ['diffusers', 'clip_vision']) {
    cpSync(fixture('models', part), join(folder, part), { recursive: true })
  }
  const adapter = (name: string) => join(folder, `${name}.safetensors`)
  await write(adapter('faceid'), forFaces('ip-adapter-faceid_tiny15.bin'))
  await write(adapter('plusv2'), forFaces('ip-adapter-faceid-plusv2_tiny15.bin'))
  await write(adapter('instantid'), instantId())
  await identityNet(join(folder, 'identity'))
}
