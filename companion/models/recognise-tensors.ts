import type { WeightFile } from '../weights/safetensors.ts'
import { outline, type Outline } from './outline.ts'
import { useless, type Found } from './recognition.ts'
import { recogniseIpAdapter } from './recognise-adapter.ts'
import { recogniseControlNet, recogniseDiffusion } from './recognise-diffusion.ts'
import { recogniseLora } from './recognise-lora.ts'
import {
  recogniseEmbedding,
  recogniseTaesd,
  recogniseTextTower,
  recogniseUpscaler,
  recogniseVae,
  recogniseVisionTower,
} from './recognise-parts.ts'
import { recogniseT2iAdapter } from './recognise-t2i-adapter.ts'

type Kind = (file: Outline, metadata: WeightFile['metadata'], path: string) => Found | undefined

/** Files people keep among their models that belong to no family of Imprint. */
const OTHERS: readonly (readonly [name: RegExp, what: string])[] = [
  [/(^|\.)(double_blocks|single_transformer_blocks)\.0\./, 'it is of the Flux family, which Imprint does not run'],
  [/(^|\.)joint_blocks\.0\./, 'it is Stable Diffusion 3, which Imprint does not run'],
  [/(^|\.)model\.layers\.0\.self_attn\./, 'it is a language model'],
  [/motion_modules\.0\./, 'it is a motion module, which Imprint cannot use'],
]

const otherKind: Kind = (file) => {
  const what = OTHERS.find(([name]) => file.find(name) !== undefined)?.[1]
  return what === undefined ? undefined : useless(what)
}

/** Every kind of file, in this order: an adapter may hold a LoRA, a checkpoint all its parts. */
const KINDS: readonly Kind[] = [
  (file, _, path) => recogniseIpAdapter(file, path),
  recogniseLora,
  recogniseControlNet,
  recogniseT2iAdapter,
  recogniseDiffusion,
  otherKind,
  recogniseVae,
  recogniseTaesd,
  recogniseVisionTower,
  recogniseTextTower,
  recogniseUpscaler,
  recogniseEmbedding,
]

/** What a file's tensors are, by their names and shapes; its own name is asked only where nothing else tells two kinds apart. */
export function recogniseTensors({ tensors, metadata, path }: WeightFile): Found {
  const file = outline(tensors)
  for (const kind of KINDS) {
    const found = kind(file, metadata, path)
    if (found) return found
  }
  const [first] = file.names
  return useless(
    first === undefined ? 'it holds no tensors' : `its tensors, such as "${first}", are of no kind Imprint knows`,
  )
}
