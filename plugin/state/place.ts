import type { Replaced, ResultLayer } from '../host/host.ts'
import { HostError } from '../host/host-error.ts'
import { noticeOf } from './notices.ts'
import type { Kept, Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Puts a finished picture into the document: into the layer `into`, or as a new one. When Photoshop cannot take it, the
 * picture stays in the panel to be inserted later, and the notice says why.
 */
export async function place(
  surroundings: Surroundings,
  store: Store,
  made: Made,
  into: Replaced | undefined,
): Promise<void> {
  const { host } = surroundings
  try {
    const layer =
      into === undefined
        ? await host.insertResult(made.picture, made.note, made.anchor)
        : await host.replaceResult(into, made.picture, made.note)
    store.dispatch({ type: 'placed', made, layer, ...(into && { into }) })
  } catch (thrown) {
    store.dispatch({ type: 'kept', made, into })
    const notice = noticeOf(thrown) ?? { text: 'Photoshop cancelled the insertion.' }
    store.dispatch({ type: 'notice', notice: { ...notice, remedy: 'The picture is kept here.' } })
  } finally {
    // Photoshop tells nobody about what happens during modal work.
    store.dispatch({ type: 'selection', selection: host.selection() })
  }
}

/** Tries again with a kept picture: its layer if that still exists, else above its reference, else on top. */
export async function placeKept({ host }: Surroundings, store: Store, { made, into }: Kept): Promise<void> {
  const { picture, note } = made
  const { layerName, historyName, memory } = note
  const ways: readonly (() => Promise<ResultLayer>)[] = [
    ...(into === undefined ? [] : [() => host.replaceResult(into, picture, note)]),
    () => host.insertResult(picture, note, made.anchor),
    () => host.insertResult(picture, { layerName, historyName, memory }),
  ]
  try {
    store.dispatch({ type: 'placed', made, layer: await firstThatExists(ways) })
  } catch (thrown) {
    store.dispatch({ type: 'notice', notice: noticeOf(thrown) })
  } finally {
    store.dispatch({ type: 'selection', selection: host.selection() })
  }
}

async function firstThatExists<T>(ways: readonly (() => Promise<T>)[]): Promise<T> {
  const [way, ...others] = ways
  if (way === undefined) throw new HostError('gone', 'There is nowhere to put the picture: open a document.')
  try {
    return await way()
  } catch (thrown) {
    if (others.length > 0 && thrown instanceof HostError && thrown.kind === 'gone') return firstThatExists(others)
    throw thrown
  }
}
