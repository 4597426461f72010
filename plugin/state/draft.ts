import type { StartFrom } from '../host/host.ts'
import { CENTRE } from '../../shared/clip-view.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Control, Fit, Lora, Mode, Recipe, Reference, Sampler } from '../../shared/recipe.ts'

/** The weight a newcomer starts with, and the ends of the slider. */
export const WEIGHT = { least: 0, usual: 0.6, most: 1.5 } as const

/** How many seeds there are: 0 to one less. */
export const SEEDS = 2 ** 32

/** How much of what a picture starts from is painted anew: at first, and at the ends of the slider. */
export const STRENGTH = { least: 0.05, usual: 0.75, most: 1 } as const

/** As many references as a recipe may have. */
export const MOST_REFERENCES = 8

/** How finely the square of a picture is moved along it. */
const CROP_STEPS = 1000

/** What a reference is followed in. */
export type DraftMode = Mode

/** One reference of the recipe being edited; `image` is its name in the recipe, which no other reference ever has. */
export interface DraftReference {
  readonly image: string
  readonly weight: number
  readonly mode: DraftMode
  /** The part of the steps it acts on, 0 to 1. */
  readonly start: number
  readonly end: number
  readonly fit: Fit
  /** Where along its longer side the square lies that is seen of it, 0 to 1; in the middle where undefined. */
  readonly cropAt?: number | undefined
  /** The name of the picture that says where it acts; everywhere where absent. */
  readonly mask?: string | undefined
  /** The adapter by its name; the companion chooses where none is named. */
  readonly adapter?: string | undefined
}

/** What the picture that holds the structure is called in the recipe, and its card. */
export const STRUCTURE = 'structure'

/** The network that holds the structure, and what it makes of the picture; all but the picture itself, which is a card's. */
export type DraftStructure = Readonly<Omit<Control, 'image'>>

/** How much a structure holds at first, and the ends of its slider. */
export const HOLD = { least: 0, usual: 1, most: 2 } as const

/** A LoRA by its name, and how much of it is added to the model. */
export interface DraftLora {
  readonly file: string
  readonly weight: number
}

/** The LoRAs of a recipe, those without a weight with the usual one. */
export const draftLoras = (loras: readonly Lora[] = []): readonly DraftLora[] =>
  loras.map(({ file, weight = LORA.usual }) => ({ file, weight }))

/** How much of a LoRA is added at first, and the ends of its slider; below 0 it is taken away. */
export const LORA = { least: -1, usual: 1, most: 2 } as const

/** As many LoRAs as a recipe may have. */
export const MOST_LORAS = 8

/** The recipe being edited: what the next picture will be made of. What is undefined is left to the model. */
export interface Draft {
  /** How the prompts say what counts more: as in A1111 where undefined. */
  readonly notation?: 'a1111' | 'comfy' | undefined
  /** The model by its name; the companion chooses where none is named. */
  readonly checkpoint?: string | undefined
  readonly prompt: string
  readonly negativePrompt: string
  readonly size: readonly [width: number, height: number] | undefined
  readonly steps: number | undefined
  readonly guidance?: number | undefined
  readonly sampler?: Sampler | undefined
  /** LoRAs that change the model, each by its name. */
  readonly loras?: readonly DraftLora[] | undefined
  /** What holds the picture's structure; nothing does where undefined. */
  readonly structure?: DraftStructure | undefined
  /** Undefined takes another one for each picture. */
  readonly seed: number | undefined
  readonly references: readonly DraftReference[]
  /** What the picture starts from beside noise. */
  readonly startFrom: StartFrom
  /** How much of that is painted anew, 0 to 1. */
  readonly strength: number
  /** Pixels of the document over which a selection fades at its edge; as its size asks where undefined. */
  readonly feather?: number | undefined
  /** What a recipe that came into the panel says and the panel does not show, and the pictures that names. */
  readonly also?: { readonly recipe: Partial<Recipe>; readonly pictures: Readonly<Record<string, Raster>> }
}

/** What may be changed of a reference. */
export type ReferenceChange = Partial<Omit<DraftReference, 'image' | 'mask'>>

/** What may be changed of the rest. */
export type DraftChange = Partial<Omit<Draft, 'references'>>

/** A reference as it comes in. */
export const newReference = (image: string): DraftReference => ({
  image,
  weight: WEIGHT.usual,
  mode: 'all',
  start: 0,
  end: 1,
  fit: 'crop',
})

/** The reference with a change; weights stay on the slider, and start and end push each other rather than cross. */
export function changedReference(reference: DraftReference, change: ReferenceChange): DraftReference {
  const next = { ...reference, ...change }
  const start = within(next.start, 0, 1)
  const end = within(next.end, 0, 1)
  return {
    ...next,
    weight: within(next.weight, WEIGHT.least, WEIGHT.most),
    ...(change.cropAt !== undefined && { cropAt: Math.round(within(change.cropAt, 0, 1) * CROP_STEPS) / CROP_STEPS }),
    start: change.end === undefined ? start : Math.min(start, end),
    end: change.end === undefined ? Math.max(start, end) : end,
  }
}

/** The recipe that asks for the draft with this seed; prompts are written as in A1111, where brackets say what counts more. */
export function recipeOf(draft: Draft, seed: number): Recipe {
  const { checkpoint, prompt, negativePrompt, size, steps, guidance, sampler, loras = [], references } = draft
  const { structure, also } = draft
  const controls = [
    ...(structure === undefined ? [] : [{ image: STRUCTURE, ...structure }]),
    ...(also?.recipe.controls ?? []),
  ]
  return {
    ...also?.recipe,
    ...(checkpoint !== undefined && { checkpoint }),
    prompt,
    ...(negativePrompt !== '' && { negativePrompt }),
    notation: draft.notation ?? 'a1111',
    ...(size && { size: [size[0], size[1]] }),
    ...(steps !== undefined && { steps }),
    ...(guidance !== undefined && { guidance }),
    ...(sampler !== undefined && { sampler }),
    ...(loras.length > 0 && { loras: [...loras] }),
    ...(controls.length > 0 && { controls }),
    seed,
    references: references.map(askedReference),
  }
}

/** A reference as a recipe has it: what changes nothing is left out. */
function askedReference({ cropAt, adapter, ...reference }: DraftReference): Reference {
  const isMoved = reference.fit === 'crop' && cropAt !== undefined && cropAt !== CENTRE
  return { ...reference, ...(isMoved && { cropAt }), ...(adapter !== undefined && { adapter }) }
}

/** How much a recipe follows each of its references. */
export const weightsOf = ({ references }: Recipe): readonly number[] =>
  (references ?? []).map(({ weight }) => weight ?? WEIGHT.usual)

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))
