import type { CapturedReference, ResultLayer } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'
import { recipeInPng } from '../../shared/recipe-in-png.ts'
import { partHash, pictureNames } from '../../shared/recipe-pictures.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { DraftChange } from './draft.ts'
import { draftOfRecipe, type Taken } from './draft-of-recipe.ts'
import { guarded } from './guarded.ts'
import { knownNames } from './known-names.ts'
import { groundAgain } from './remembered-place.ts'
import { noteFor, orderFor } from './request.ts'
import type { Cards, Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import type { Recalled } from './taking.ts'

/** Brings recipes into the panel that were not made in it. The promises never reject. */
export interface TakeOver {
  /** Edits how the selected layer was made; the sliders change that layer then. */
  readonly layer: () => Promise<void>
  /** Edits a recipe; `names` are what its references are called, `what` is what it made. */
  readonly recipe: (recipe: Recipe, names: readonly string[], what: string) => Promise<void>
  /** Edits the recipe that a PNG file carries; the person chooses one. */
  readonly file: () => Promise<void>
  /** Edits the recipe that the bytes of a PNG file carry. */
  readonly bytes: (bytes: Uint8Array, name: string) => Promise<void>
  /** Edits again what was there before. */
  readonly back: () => void
  /** Forgets what was there before. */
  readonly goOn: () => void
}

/** `remember` keeps for the next session what is edited now. */
export function createTakeOver(
  { host, companion }: Surroundings,
  store: Store,
  remember: (change: DraftChange) => void,
): TakeOver {
  const { state, dispatch } = store
  /** Counts what was asked for: the last one wins, however long the pictures of an earlier one take. */
  let turn = 0
  /** The pictures that a recipe names by their content and the companion still keeps. */
  const picturesOf = async (recipe: Recipe): Promise<ReadonlyMap<string, Raster>> => {
    const names = pictureNames(recipe).filter((name) => partHash(name) !== undefined)
    const found = await Promise.all(names.map(async (name) => [name, await companion.earlier.picture(name)] as const))
    return new Map(found.flatMap(([name, picture]) => (picture === undefined ? [] : [[name, picture]])))
  }

  const cardsOf = async ({ draft, captures }: Taken): Promise<Cards> => {
    const cardOf = async (image: string, capture: CapturedReference) => {
      const { fit, cropAt } = draft.references.find((reference) => reference.image === image) ?? { fit: 'pad' }
      const thumbnail = await host.thumbnail(capture.picture, fit, cropAt)
      return [image, { capture, thumbnail, layer: 'same' }] as const
    }
    return Object.fromEntries(await Promise.all(Object.entries(captures).map(([image, one]) => cardOf(image, one))))
  }

  /** The recipe without a model that is not on this machine: nothing could be made with it. */
  const withModelHere = async (recipe: Recipe): Promise<readonly [recipe: Recipe, missing: readonly string[]]> => {
    const { checkpoint, ...rest } = recipe
    if (typeof checkpoint !== 'string') return [recipe, []]
    const models = await companion.models()
    const isHere = models.some(({ role, name }) => role === 'checkpoint' && name === checkpoint)
    return isHere || models.length === 0 ? [recipe, []] : [rest, [`the model “${checkpoint}”, which is not here`]]
  }

  const prepare = async (asked: Recipe, names: readonly string[]) => {
    const [recipe, missing] = await withModelHere(asked)
    const pictures = await picturesOf(recipe)
    const known = names.length > 0 ? names : knownNames(recipe, pictures, state().cards)
    const taken = draftOfRecipe(recipe, pictures, known)
    return { taken: { ...taken, missing: [...missing, ...taken.missing] }, cards: await cardsOf(taken) }
  }

  const tell = ({ draft, missing }: Taken, what: string): void => {
    remember({ prompt: draft.prompt })
    if (missing.length === 0) return
    dispatch({ type: 'notice', notice: { text: `The recipe of “${what}” lacks ${missing.join(', ')}.` } })
  }

  const recipe: TakeOver['recipe'] = (asked, names, what) =>
    guarded(store, async () => {
      const mine = ++turn
      const { taken, cards } = await prepare(asked, names)
      if (mine !== turn) return
      dispatch({ type: 'taken', taking: { what, recipe: taken.draft, cards } })
      tell(taken, what)
    })

  /** The layer as a picture that could have been made of the recipe just now. */
  const madeOf = async (
    { draft }: Taken,
    cards: Cards,
    layer: ResultLayer,
    { memory, json }: Recalled,
  ): Promise<Made> => {
    const { picture } = await host.readReference(layer, 'whole')
    const order = orderFor(draft, cards, draft.seed ?? 0, () => false, groundAgain(layer, memory.place))
    const url = await host.pictureUrl(picture)
    // The note is the one the layer bears.
    const note = { ...noteFor(order, order.recipe, 'imprint'), ...(json !== undefined && { memory: json }) }
    return { ...order, anchor: layer, picture, url, note }
  }

  const bytes: TakeOver['bytes'] = async (data, name) => {
    const found = recipeInPng(data)
    if (found !== undefined) return recipe(found, [], name)
    const text = `“${name}” says nothing of how it was made: choose a PNG that Imprint or A1111 wrote.`
    dispatch({ type: 'notice', notice: { text } })
  }

  return {
    recipe,
    bytes,
    layer: () =>
      guarded(store, async () => {
        const { recalled } = state()
        if (recalled === undefined) return
        const mine = ++turn
        const { memory, name: what } = recalled
        const names = memory.references.map(({ name }) => name)
        const { taken, cards } = await prepare(memory.recipe, names)
        const { layer } = await host.recall(recalled.layer)
        const newest = { made: await madeOf(taken, cards, layer, recalled), layer }
        if (mine !== turn) return
        dispatch({ type: 'taken', taking: { what, recipe: taken.draft, cards, newest } })
        tell(taken, what)
      }),
    file: () =>
      guarded(store, async () => {
        const file = await host.chooseFile(['png'])
        if (file !== undefined) await bytes(file.bytes, file.name)
      }),
    back() {
      turn++
      dispatch({ type: 'taken-back' })
      remember({ prompt: state().recipe.prompt })
    },
    goOn: () => dispatch({ type: 'taken-kept' }),
  }
}
