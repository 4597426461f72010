import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSafetensors } from '../../companion/weights/write.ts'
import type { Tensor } from '../../companion/runtime/tensor.ts'
import { fixture, readTensors } from './golden.ts'

const UNET = join('unet', 'diffusion_pytorch_model.safetensors')
const CONFIG = join('unet', 'config.json')

/** Copies the model "tiny15" to `folder`/`name`, with other fields in its UNet's configuration and other tensors in its UNet. */
export async function changedModel(
  folder: string,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  change: (tensors: Map<string, Tensor>) => void,
): Promise<void> {
  const model = join(folder, name)
  cpSync(fixture('models', 'diffusers', 'tiny15'), model, { recursive: true })
  const config = JSON.parse(readFileSync(join(model, CONFIG), 'utf8')) as Record<string, unknown>
  writeFileSync(join(model, CONFIG), JSON.stringify({ ...config, ...fields }))
  const tensors = new Map(readTensors(join(model, UNET)))
  change(tensors)
  await writeSafetensors(join(model, UNET), Object.fromEntries(tensors))
}
