import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fixture } from './golden.ts'

/** A folder of models as a person may have collected them, some of them damaged; `remove` takes it away. */
export interface ModelsFolder {
  readonly path: string
  remove(): Promise<void>
}

const UNET = 'unet/diffusion_pytorch_model.safetensors'

/**
 * Beside the models "tiny15" and "tiny-vit": the adapter "twin" in the folders `a` and `b`, the adapters "cut" and
 * "cut-pickle" of which the end is missing, the adapter "foreign" of another family, and the checkpoint "broken" whose
 * UNet is cut short.
 */
export async function messyModels(): Promise<ModelsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'imprint-models-'))
  const adapter = (name: string) => fixture('models', 'ipadapter', name)
  const tiny15 = fixture('models', 'diffusers', 'tiny15')
  await Promise.all(['a', 'b'].map((folder) => mkdir(join(path, folder))))
  await Promise.all([
    cp(tiny15, join(path, 'tiny15'), { recursive: true }),
    cp(tiny15, join(path, 'broken'), { recursive: true }),
    cp(fixture('models', 'clip_vision', 'tiny-vit'), join(path, 'tiny-vit'), { recursive: true }),
    cp(adapter('ip-adapter_tiny15.safetensors'), join(path, 'a', 'twin.safetensors')),
    cp(adapter('ip-adapter_tiny15.safetensors'), join(path, 'b', 'twin.safetensors')),
    cp(adapter('ip-adapter_tinyxl.safetensors'), join(path, 'foreign.safetensors')),
    copyHalf(adapter('ip-adapter-plus_tiny15.safetensors'), join(path, 'cut.safetensors')),
    copyHalf(adapter('ip-adapter-plus_tiny15.bin'), join(path, 'cut-pickle.bin')),
  ])
  await copyHalf(join(tiny15, UNET), join(path, 'broken', UNET))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

async function copyHalf(from: string, to: string): Promise<void> {
  const bytes = await readFile(from)
  await writeFile(to, bytes.subarray(0, bytes.length / 2))
}
