import { readFileSync } from 'node:fs'
import { taesdDecoderGraph, taesdEncoderGraph, type TaesdConfig } from '../../companion/networks/taesd.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { hashWeights } from './hash-weights.ts'

const OPTIONS = { attention: 'fused' } as const
const SIZE = { height: 8, width: 8 }

export type Naming = 'diffusers' | 'original' | 'both halves'

/** Writes the same tiny TAESD as its makers name it: whole as in diffusers, the decoder alone, or both halves numbered. */
export async function writeTaesd(path: string, naming: Naming): Promise<void> {
  const made = hashWeights()
  const half = (name: 'encoder' | 'decoder'): TaesdConfig => ({
    width: 8,
    latentChannels: 4,
    prefix: [name, 'layers'],
    first: 0,
  })
  taesdDecoderGraph(made.weights, half('decoder'), SIZE, OPTIONS)
  if (naming !== 'original') taesdEncoderGraph(made.weights, half('encoder'), { height: 64, width: 64 }, OPTIONS)
  const tensors = [...made.tensors.values()].map(({ name, shape, file, offset, bytes }) => {
    const data = new Float32Array(new Uint8Array(readFileSync(file).subarray(offset, offset + bytes)).buffer)
    return [named(name, naming), { shape, data }] as const
  })
  await writeSafetensors(path, Object.fromEntries(tensors))
  made.dispose()
}

/** The original files count the limit on the decoder's latents as a layer. */
function named(name: string, naming: Naming): string {
  if (naming === 'diffusers') return name
  const [half, , layer, ...rest] = name.split('.')
  const number = Number(layer) + (half === 'decoder' ? 1 : 0)
  return [...(naming === 'both halves' ? [`taesd_${half!}`] : []), number, ...rest].join('.')
}
