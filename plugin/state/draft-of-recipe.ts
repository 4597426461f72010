import type { CapturedReference } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'
import { partHash, pictureNames } from '../../shared/recipe-pictures.ts'
import type { Recipe, Reference } from '../../shared/recipe.ts'
import {
  type Draft,
  draftLoras,
  type DraftReference,
  type DraftStructure,
  newReference,
  STRENGTH,
  STRUCTURE,
} from './draft.ts'
import { newReferenceName } from './reference-names.ts'

/** A recipe as one that is being edited. */
export interface Taken {
  readonly draft: Draft
  /** What its references and its structure are pictures of, by their names in the draft. */
  readonly captures: Readonly<Record<string, CapturedReference>>
  /** What could not be taken over, in words. */
  readonly missing: readonly string[]
}

/** The draft that asks for a recipe again, with the pictures that are still there, by the names the recipe has for them. */
export function draftOfRecipe(
  recipe: Recipe,
  pictures: ReadonlyMap<string, Raster>,
  names: readonly (string | undefined)[],
): Taken {
  const { checkpoint, prompt, negativePrompt, notation, size, steps, seed, references = [], ...more } = recipe
  const { guidance, sampler, loras, controls = [], ...others } = more
  const captures: Record<string, CapturedReference> = {}
  const missing: string[] = []
  const taken = references.flatMap((reference, i): DraftReference[] => {
    const image = reference.image ?? reference.images?.[0]
    const isFile = image !== undefined && partHash(image) === undefined
    const name = names[i] ?? (isFile ? image : `Reference ${i + 1}`)
    const picture = image === undefined ? undefined : pictures.get(image)
    if (picture === undefined) {
      missing.push(`the reference “${name}”, whose picture is not kept here`)
      return []
    }
    missing.push(...leftOutOf(reference, name, pictures))
    const own = newReferenceName()
    captures[own] = captureOf(picture, name)
    return [draftReference(reference, own, pictures)]
  })
  const holding = controls.find(({ image }) => image !== undefined && pictures.has(image))
  let structure: DraftStructure | undefined
  if (holding?.image !== undefined) {
    const { image, ...others } = holding
    captures[STRUCTURE] = captureOf(pictures.get(image)!, 'Structure')
    structure = others
  }
  const also = alsoOf({
    ...others,
    controls: controls.filter((control) => control !== holding),
    ...(typeof checkpoint === 'object' && { checkpoint }),
    ...(negativePrompt === null && { negativePrompt }),
  })
  const kept = new Map([...pictures].filter(([name]) => pictureNames({ prompt: '', ...also }).includes(name)))
  for (const { mask } of taken) if (mask !== undefined) kept.set(mask, pictures.get(mask)!)
  return {
    draft: {
      checkpoint: typeof checkpoint === 'string' ? checkpoint : undefined,
      prompt,
      negativePrompt: negativePrompt ?? '',
      notation: notation === 'comfy' ? 'comfy' : 'a1111',
      size,
      steps,
      guidance,
      sampler,
      structure,
      loras: draftLoras(loras),
      seed,
      references: taken,
      startFrom: 'nothing',
      strength: recipe.source?.strength ?? STRENGTH.usual,
      also: { recipe: also, pictures: Object.fromEntries(kept) },
    },
    captures,
    missing: [...missing, ...wordsOf(recipe, pictures)],
  }

  /** What the panel does not show, without what names pictures that are gone. */
  function alsoOf(all: Partial<Recipe>): Partial<Recipe> {
    const { source, controls, ...rest } = all
    const isThere = (name: string | undefined): boolean => name === undefined || pictures.has(name)
    const held = (controls ?? []).filter(({ image }) => isThere(image))
    return {
      ...rest,
      ...(source && isThere(source.image) && isThere(source.mask) && { source }),
      ...(held.length > 0 && { controls: held }),
    }
  }
}

/** What a recipe says beside its references that names a picture which is gone. */
function wordsOf({ source, controls = [] }: Recipe, pictures: ReadonlyMap<string, Raster>): string[] {
  const gone = (name: string | undefined): boolean => name !== undefined && !pictures.has(name)
  return [
    ...(gone(source?.image) || gone(source?.mask) ? ['the picture it started from'] : []),
    ...(controls.some(({ image }) => gone(image)) ? ['a picture that held its structure'] : []),
  ]
}

const leftOutOf = (
  { images = [], layers, embedding, mask }: Reference,
  name: string,
  pictures: ReadonlyMap<string, Raster>,
): string[] => [
  ...(images.length > 1 ? [`all but the first picture of “${name}”`] : []),
  ...(layers === undefined ? [] : [`the weights per block of “${name}”`]),
  ...(embedding === undefined ? [] : [`the face of “${name}” as numbers`]),
  ...(mask === undefined || pictures.has(mask) ? [] : [`where “${name}” acts`]),
]

function draftReference(
  { weight, mode, start, end, fit, cropAt, mask, adapter }: Reference,
  image: string,
  pictures: ReadonlyMap<string, Raster>,
): DraftReference {
  const usual = newReference(image)
  return {
    image,
    weight: weight ?? usual.weight,
    mode: mode ?? usual.mode,
    start: start ?? usual.start,
    end: end ?? usual.end,
    fit: fit ?? usual.fit,
    ...(cropAt !== undefined && { cropAt }),
    ...(mask !== undefined && pictures.has(mask) && { mask }),
    ...(adapter !== undefined && { adapter }),
  }
}

const captureOf = (picture: Raster, name: string): CapturedReference => ({
  name,
  isGroup: false,
  bounds: { left: 0, top: 0, width: picture.width, height: picture.height },
  picture,
})
