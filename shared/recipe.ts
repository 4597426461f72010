import * as z from 'zod'

/**
 * The one record of how a picture is made, used by the panel, the socket, the command line and the layer that remembers.
 * Every field but `prompt` may be absent: the checkpoint's family then decides (see companion/jobs/defaults.ts).
 */

/** How much each attention of a block takes of the reference: one number for the whole block, or one per attention. */
const blockWeights = z.union([z.number(), z.array(z.number())])

/** Weights per UNet block in diffusers' form, e.g. `{ "up": { "block_0": [0, 1, 0] } }`; a block not named takes nothing. */
const layerWeights = z.strictObject({
  down: z.record(z.string().regex(/^block_\d+$/), blockWeights).optional(),
  mid: blockWeights.optional(),
  up: z.record(z.string().regex(/^block_\d+$/), blockWeights).optional(),
})

const fraction = z.number().min(0).max(1)

/** How much of a reference's style and of its layout is taken; of the rest, as much as of both. */
const degrees = z.strictObject({ style: fraction, layout: fraction })

export const MODES = ['all', 'style', 'composition', 'style+composition', 'strong-style'] as const
export const SAMPLERS = [
  'ddim',
  'pndm',
  'euler',
  'euler_ancestral',
  'heun',
  'dpmpp_2m',
  'dpmpp_2m_sde',
  'unipc',
  'lcm',
  'tcd',
] as const
export const SPACINGS = ['leading', 'trailing', 'linspace'] as const
export const SIGMAS = ['model', 'karras', 'exponential', 'beta'] as const
export const DECODERS = ['vae', 'taesd'] as const
export const NOTATIONS = ['plain', 'a1111', 'comfy'] as const
export const FITS = ['crop', 'pad', 'tile'] as const

const reference = z
  .strictObject({
    /** A picture: a path relative to the recipe on the command line, `part:<sha256>` on the socket. */
    image: z.string().min(1).optional(),
    /** Several pictures whose image tokens are concatenated into one softmax. */
    images: z.array(z.string().min(1)).min(1).max(16).optional(),
    /** A face as numbers instead of a picture, or beside it where the adapter reads both. */
    embedding: z.string().min(1).optional(),
    /** What guidance steers away from instead of no picture at all. */
    negative: z.string().min(1).optional(),
    /** How much a FaceID PlusV2 adapter takes of the picture beside the face. */
    shortcut: z.number().min(0).max(5).optional(),
    adapter: z.string().min(1).optional(),
    weight: z.number().min(-2).max(5).optional(),
    /** The part of the steps it acts on: step i of n when i/n >= start and (i+1)/n <= end. */
    start: fraction.optional(),
    end: fraction.optional(),
    mode: z
      .union([z.enum(MODES), degrees], `give one of ${MODES.join(', ')}, or "style" and "layout" from 0 to 1`)
      .optional(),
    layers: layerWeights.optional(),
    /** A picture that is white where this reference acts. */
    mask: z.string().min(1).optional(),
    /** What CLIP gets to see of a picture that is not square. */
    fit: z.enum(FITS).optional(),
    /** With the fit "crop", how far along its longer side the square lies that CLIP sees: in the middle, 0.5, where absent. */
    cropAt: fraction.optional(),
  })
  .refine((r) => r.image === undefined || r.images === undefined, 'give either "image" or "images"')
  .refine((r) => r.image ?? r.images ?? r.embedding, 'give "image", "images" or "embedding"')
  .refine((r) => r.mode === undefined || r.layers === undefined, 'give either "mode" or "layers"')
  .refine((r) => r.cropAt === undefined || (r.fit ?? 'crop') === 'crop', 'give "cropAt" with the fit "crop" alone')

export const PREPROCESSORS = ['none', 'canny', 'invert'] as const

const control = z.strictObject({
  /** The picture that fixes the structure; a control that reads a face draws its own from the first reference when absent. */
  image: z.string().min(1).optional(),
  controlnet: z.string().min(1),
  weight: z.number().min(0).max(5).optional(),
  /** The part of the steps it acts on, as for references. */
  start: fraction.optional(),
  end: fraction.optional(),
  /** Acts on the prompt's side of guidance alone, and less the further up: the model guesses what the picture shows. */
  guess: z.boolean().optional(),
  /** What is done to the picture first. */
  preprocess: z.enum(PREPROCESSORS).optional(),
  /** What it reads beside the picture: the prompt, or the face of the first face reference (InstantID's IdentityNet). */
  reads: z.enum(['prompt', 'face']).optional(),
})

const lora = z.strictObject({
  /** The stem of a LoRA. */
  file: z.string().min(1),
  weight: z.number().min(-5).max(5).optional(),
})

const source = z.strictObject({
  /** The picture to start from. */
  image: z.string().min(1),
  /** How much of it is painted anew: 0 leaves it, 1 starts from noise. */
  strength: fraction.optional(),
  /** White where the picture is painted anew; the rest stays. */
  mask: z.string().min(1).optional(),
})

const side = z.number().int().min(64).max(4096).multipleOf(8)

export const recipeSchema = z.strictObject({
  /** The stem of a model, or a checkpoint file together with the model whose configuration and tokenizer it uses. */
  checkpoint: z
    .union([z.string().min(1), z.strictObject({ file: z.string().min(1), config: z.string().min(1) })])
    .optional(),
  prompt: z.string().max(10_000),
  /** null: states of zeros, where the model was trained with them (SDXL); elsewhere the same as an empty one. */
  negativePrompt: z.string().max(10_000).nullable().optional(),
  /** How both prompts say what counts more: not at all, as in diffusers, or as in A1111 or ComfyUI. */
  notation: z.enum(NOTATIONS).optional(),
  /** Width and height in pixels. */
  size: z.tuple([side, side]).optional(),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  steps: z.number().int().min(1).max(1000).optional(),
  /** Classifier-free guidance; at 1 or below the unconditional pass is left out. */
  guidance: z.number().min(0).max(100).optional(),
  sampler: z.enum(SAMPLERS).optional(),
  spacing: z.enum(SPACINGS).optional(),
  sigmas: z.enum(SIGMAS).optional(),
  clipSkip: z.number().int().min(0).max(30).optional(),
  references: z.array(reference).max(8).optional(),
  controls: z.array(control).max(4).optional(),
  loras: z.array(lora).max(8).optional(),
  source: source.optional(),
  /** What makes the picture of the latents: the model's own autoencoder, or a tiny one, which is quicker and rougher. */
  decoder: z.enum(DECODERS).optional(),
})

export type Recipe = z.infer<typeof recipeSchema>
export type Reference = z.infer<typeof reference>
export type Control = z.infer<typeof control>
export type Lora = z.infer<typeof lora>
export type CheckpointName = NonNullable<Recipe['checkpoint']>
export type Source = z.infer<typeof source>
export type LayerWeights = z.infer<typeof layerWeights>
export type BlockWeights = z.infer<typeof blockWeights>
export type Degrees = Readonly<z.infer<typeof degrees>>
export type ModeName = (typeof MODES)[number]
export type Mode = ModeName | Degrees
export type Sampler = (typeof SAMPLERS)[number]
export type Spacing = (typeof SPACINGS)[number]
export type Sigmas = (typeof SIGMAS)[number]
export type Notation = (typeof NOTATIONS)[number]
export type Fit = (typeof FITS)[number]
