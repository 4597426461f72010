import type { Companion } from '../client/companion.ts'
import type { Earlier } from '../../shared/earlier.ts'
import { encodePng } from '../../shared/png-file.ts'
import type { Raster } from '../../shared/raster.ts'
import { withRecipe } from '../../shared/recipe-in-png.ts'
import type { EarlierList } from './earlier-list.ts'
import { guarded } from './guarded.ts'
import { promptTitle } from './prompt-title.ts'
import type { References } from './references.ts'
import { noteFor } from './request.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import type { TakeOver } from './take-over.ts'

const LONGEST_NAME = 60

/** What a person can do with earlier pictures, each named by its id. The promises never reject. */
export interface EarlierActions {
  readonly open: () => Promise<void>
  readonly close: () => void
  /** Shows those that hold every word. */
  readonly find: (search: string) => Promise<void>
  /** Shows those before the last one shown as well. */
  readonly more: () => Promise<void>
  /** Edits its recipe. */
  readonly apply: (id: string) => Promise<void>
  /** Puts it into the document again, as a new layer. */
  readonly putBack: (id: string) => Promise<void>
  readonly useAsReference: (id: string) => Promise<void>
  /** Writes it as a PNG that carries its recipe; the person says where. */
  readonly save: (id: string) => Promise<void>
  readonly favourite: (id: string, favourite: boolean) => Promise<void>
  /** Asks whether to remove it, or (undefined) leaves it. */
  readonly askToRemove: (id: string | undefined) => void
  readonly remove: (id: string) => Promise<void>
}

/** The earlier pictures that the companion keeps; `look` has the list read again where it is open. */
export function createEarlier(
  { host, companion }: Surroundings,
  store: Store,
  { references, takeOver }: { readonly references: References; readonly takeOver: TakeOver },
): EarlierActions & { readonly look: () => Promise<void> } {
  const { state, dispatch } = store
  let turn = 0

  const show = (change: Partial<EarlierList>): void => dispatch({ type: 'earlier', change })

  const ask = (before?: string) => {
    const { search } = state().earlier
    return companion.earlier.list({ ...(search !== '' && { search }), ...(before !== undefined && { before }) })
  }

  /** Reads the list, from its beginning or on; the newest question wins. */
  const load = (before?: string): Promise<void> =>
    guarded(store, async () => {
      const mine = ++turn
      show({ isLoading: true })
      try {
        const { earlier, more, space } = await ask(before)
        if (mine !== turn) return
        show({ entries: before === undefined ? earlier : joined(state().earlier.entries, earlier), more, space })
      } finally {
        if (mine === turn) show({ isLoading: false })
      }
    })

  /** Puts what is new in front of what is shown, which stays as it is: somebody may be looking at it. */
  const renew = (): Promise<void> =>
    guarded(store, async () => {
      const { search } = state().earlier
      const { earlier, more, space } = await ask()
      const { entries, ...now } = state().earlier
      if (now.search !== search) return
      const goesOn = earlier.some(({ id }) => entries.some((entry) => entry.id === id))
      show({ entries: goesOn ? joined(earlier, entries) : earlier, more: goesOn ? now.more : more, space })
    })

  const entryOf = (id: string): Earlier | undefined => state().earlier.entries.find((entry) => entry.id === id)

  const withEntry = (id: string, work: (entry: Earlier) => Promise<void>): Promise<void> => {
    const entry = entryOf(id)
    return entry === undefined ? Promise.resolve() : guarded(store, () => work(entry))
  }

  const withPicture = (id: string, work: (picture: Raster, entry: Earlier) => Promise<void>): Promise<void> =>
    withEntry(id, async (entry) => {
      const picture = await companion.earlier.picture(id)
      if (picture !== undefined) return work(picture, entry)
      const text = 'This picture is no longer kept: newer ones took its room.'
      dispatch({ type: 'notice', notice: { text } })
      await load()
    })

  return {
    async look() {
      if (state().earlier.isOpen && companion.status.kind === 'ready') await renew()
    },
    async open() {
      show({ isOpen: true })
      if (companion.status.kind === 'ready') await load()
    },
    close: () => show({ isOpen: false, removing: undefined }),
    async find(search) {
      show({ search: search.slice(0, 200), removing: undefined })
      await load()
    },
    async more() {
      await load(state().earlier.entries.at(-1)?.id)
    },
    apply: (id) => withEntry(id, ({ recipe }) => takeOver.recipe(recipe, [], titleOf(recipe.prompt))),
    putBack: (id) =>
      withPicture(id, async (picture, { recipe }) => {
        const order = { recipe, pictures: {}, captures: [], anchor: undefined }
        await host.insertResult(picture, noteFor(order, recipe, 'imprint'))
        dispatch({ type: 'selection', selection: host.selection() })
      }),
    useAsReference: (id) =>
      withPicture(id, (picture, { recipe, width, height }) =>
        references.addPicture({
          name: titleOf(recipe.prompt),
          isGroup: false,
          bounds: { left: 0, top: 0, width, height },
          picture,
          origin: 'earlier',
        }),
      ),
    save: (id) =>
      withPicture(id, async (picture, { recipe }) => {
        await host.saveFile(`${fileNameOf(recipe.prompt)}.png`, withRecipe(encodePng(picture), recipe))
      }),
    favourite: (id, favourite) =>
      withEntry(id, async () => {
        const space = await companion.earlier.favourite(id, favourite)
        const entries = state().earlier.entries.map((entry) => (entry.id === id ? { ...entry, favourite } : entry))
        show({ space, entries })
      }),
    askToRemove: (removing) => show({ removing }),
    remove: (id) =>
      withEntry(id, async () => {
        const space = await companion.earlier.forget(id)
        show({ space, removing: undefined, entries: state().earlier.entries.filter((entry) => entry.id !== id) })
      }),
  }
}

/** Has the list read again when there is something new, or the companion came back; returns the way to stop. */
export function followEarlier(companion: Companion, look: () => Promise<void>): () => void {
  let wasReady = companion.status.kind === 'ready'
  const stops = [
    companion.onMade(() => void look()),
    companion.subscribe(() => {
      const isReady = companion.status.kind === 'ready'
      if (isReady && !wasReady) void look()
      wasReady = isReady
    }),
  ]
  return () => stops.forEach((stop) => stop())
}

/** A list and what comes after it, each picture once. */
const joined = (list: readonly Earlier[], next: readonly Earlier[]): readonly Earlier[] => [
  ...list,
  ...next.filter(({ id }) => !list.some((entry) => entry.id === id)),
]

const titleOf = (prompt: string): string => promptTitle(prompt, LONGEST_NAME) || 'Earlier picture'

/** A prompt as the name of a file on every system. */
const fileNameOf = (prompt: string): string =>
  titleOf(prompt)
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .trim() || 'Imprint'
