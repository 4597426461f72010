import type { FacePackKind } from './face-pack.ts'

/** The families of diffusion models that Imprint runs. */
export type Family = 'sd15' | 'sdxl'

/** What a file or folder is, from its content. */
export interface Recognition {
  readonly role:
    | 'checkpoint'
    | 'unet'
    | 'vae'
    | 'taesd'
    | 'text-encoder'
    | 'encoder'
    | 'adapter'
    | 'controlnet'
    | 'lora'
    | 'embedding'
    | 'face-pack'
    | 'upscaler'
    | 'unknown'
  readonly isFolder: boolean
  /** Absent where it belongs to none, or cannot be told. */
  readonly family?: Family
  /** Which of its kind: `inpaint` for a checkpoint, `plus` for an adapter, `vit-h` for an encoder. */
  readonly variant?: string
  /** For an adapter that reads faces: the pack of face networks it was made with. */
  readonly facePack?: FacePackKind
  /** What else has to be there before it can be used, in words. */
  readonly missing?: readonly string[]
  /** For an unknown file: why it cannot be used. */
  readonly why?: string
}

/** What a file's tensors are. */
export type Found = Omit<Recognition, 'isFolder'>

/** Tensors that are known but of no use here, and why. */
export const useless = (why: string): Found => ({ role: 'unknown', why })
