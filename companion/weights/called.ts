import { basename, dirname, join, parse } from 'node:path'

/** What every model's files and folders are called in diffusers' format. */
const COMMON = new Set([
  ...['unet', 'vae', 'text_encoder', 'text_encoder_2', 'tokenizer', 'tokenizer_2', 'image_encoder', 'scheduler'],
  ...['model', 'diffusion_pytorch_model', 'pytorch_model', 'adapter_model', 'config', 'model_index', 'imprint'],
  ...['scheduler_config', 'tokenizer_config', 'vocab', 'merges'],
])

/** A file or folder as people know it: by its name, and by the folders around it where many share that name. */
export function called(path: string): string {
  const [stem] = basename(path).split('.')
  const isCommon = stem !== undefined && COMMON.has(stem)
  const around = dirname(path)
  return isCommon && around !== path && parse(around).base !== ''
    ? join(called(around), basename(path)).replaceAll('\\', '/')
    : basename(path)
}
