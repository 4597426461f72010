/** A recipe as one that is being edited: all of it that is still there, and the rest in words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedDraft } from '../../plugin/state/brought-along.ts'
import { type DraftChange, recipeOf, STRUCTURE } from '../../plugin/state/draft.ts'
import { draftOfRecipe } from '../../plugin/state/draft-of-recipe.ts'
import { partName } from '../../shared/recipe-pictures.ts'
import { recipeSchema, type Recipe } from '../../shared/recipe.ts'
import { plain } from '../support/wire.ts'

const HERE = partName('1'.repeat(64))
const MASK = partName('2'.repeat(64))
const GONE = partName('3'.repeat(64))
const red = plain(4, 4, [255, 0, 0])
const white = plain(4, 4, [255, 255, 255])
const pictures = new Map([
  [HERE, red],
  [MASK, white],
])

test('what the panel does not show stays with the recipe, and the same recipe comes out again', () => {
  const recipe: Recipe = {
    checkpoint: { file: 'dream', config: 'sd15' },
    prompt: 'a house',
    negativePrompt: null,
    notation: 'a1111',
    size: [64, 128],
    seed: 4,
    steps: 7,
    guidance: 3,
    sampler: 'heun',
    loras: [{ file: 'ink', weight: 0.5 }],
    controls: [
      { image: HERE, controlnet: 'canny', end: 0.8 },
      { controlnet: 'face', reads: 'face' },
    ],
    source: { image: HERE, mask: MASK, strength: 0.4 },
    references: [
      { image: HERE, weight: 1.8, mode: 'style', start: 0.1, end: 0.9, fit: 'tile', mask: MASK, adapter: 'plus' },
    ],
  }
  const { draft, captures, missing } = draftOfRecipe(recipe, pictures, ['fox'])
  assert.deepEqual(missing, [])
  const { image } = draft.references[0]!
  assert.deepEqual([captures[image]?.name, captures[image]?.picture], ['fox', red])
  assert.deepEqual(draft.also?.pictures, { [HERE]: red, [MASK]: white })
  assert.deepEqual(captures[STRUCTURE]?.picture, red)
  const again = recipeSchema.parse(recipeOf(draft, 4))
  const [structure, face] = again.controls!
  assert.deepEqual(
    {
      ...again,
      references: again.references?.map((one) => ({ ...one, image: HERE })),
      controls: [{ ...structure!, image: HERE }, face],
    },
    recipe,
  )
  assert.equal(structure!.image, STRUCTURE)
})

test('what a recipe brought along goes with the sampler, the model and the beginning it was for', () => {
  const recipe: Recipe = {
    prompt: 'a house',
    sampler: 'euler',
    sigmas: 'karras',
    spacing: 'trailing',
    clipSkip: 1,
    decoder: 'taesd',
    source: { image: HERE, strength: 0.4 },
  }
  const { draft } = draftOfRecipe(recipe, pictures, [])
  const changed = (change: DraftChange) => {
    const { sigmas, spacing, clipSkip, decoder, source } = recipeOf(changedDraft(draft, change), 4)
    return [sigmas, spacing, clipSkip, decoder, source?.strength]
  }
  assert.deepEqual(changed({ prompt: 'a tree' }), ['karras', 'trailing', 1, 'taesd', 0.4])
  assert.deepEqual(changed({ sampler: 'ddim' }), [undefined, undefined, 1, 'taesd', 0.4])
  assert.deepEqual(changed({ checkpoint: 'dream' }), [undefined, undefined, undefined, undefined, 0.4])
  assert.deepEqual(changed({ startFrom: 'nothing' }), ['karras', 'trailing', 1, 'taesd', undefined])
})

test('what is gone is left out and named; what is left can still be made', () => {
  const recipe: Recipe = {
    prompt: '',
    references: [
      { image: GONE },
      { image: 'fox.png' },
      { images: [HERE, GONE], layers: { mid: 1 } },
      { image: HERE, embedding: 'face', mask: GONE },
    ],
    controls: [{ image: GONE, controlnet: 'canny' }],
    source: { image: HERE, mask: GONE },
  }
  const { draft, missing } = draftOfRecipe(recipe, pictures, [])
  assert.deepEqual(missing, [
    'the reference “Reference 1”, whose picture is not kept here',
    'the reference “fox.png”, whose picture is not kept here',
    'all but the first picture of “Reference 3”',
    'the weights per block of “Reference 3”',
    'the face of “Reference 4” as numbers',
    'where “Reference 4” acts',
    'the picture it started from',
    'a picture that held its structure',
  ])
  const again = recipeSchema.parse(recipeOf(draft, 1))
  assert.deepEqual([again.references?.length, again.controls, again.source], [2, undefined, undefined])
})
