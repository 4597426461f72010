import type { Earlier, KeptSpace } from '../../shared/earlier.ts'
import type { ImprintError } from '../../shared/errors.ts'
import type { ClientMessage } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'

/** Which earlier pictures are asked for: see PROTOCOL.md. */
export interface EarlierAsked {
  readonly before?: string
  readonly search?: string
  readonly look?: string
}

/** Some earlier pictures, newest first, and how much room all of them take. */
export interface EarlierPage {
  readonly earlier: readonly Earlier[]
  readonly more: boolean
  readonly space: KeptSpace
}

/** What the companion keeps of finished pictures; every promise may reject with an ImprintError. */
export interface EarlierPictures {
  list(asked: EarlierAsked): Promise<EarlierPage>
  /** A finished picture by its id, or one that its recipe names by that name; undefined when it is no longer kept. */
  picture(id: string): Promise<Raster | undefined>
  favourite(id: string, favourite: boolean): Promise<KeptSpace>
  /** Removes a picture for good. */
  forget(id: string): Promise<KeptSpace>
}

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: ImprintError) => void
}

/** The part of a conversation that is about earlier pictures. */
export interface EarlierTalk extends EarlierPictures {
  listed(page: EarlierPage): void
  arrived(id: string, picture: Raster | undefined): void
  counted(space: KeptSpace): void
  /** What was asked first of its kind fails, or who waits for this picture. */
  refused(
    asked: 'earlier' | 'earlier-picture' | 'favourite' | 'forget',
    id: string | undefined,
    error: ImprintError,
  ): void
  /** Everything that is waited for fails. */
  fail(error: ImprintError): void
}

/** Asks through `send`; lists and spaces are answered in the order they were asked for, pictures by their names. */
export function createEarlierTalk(send: (message: ClientMessage) => void): EarlierTalk {
  const lists: Waiter<EarlierPage>[] = []
  const spaces: Waiter<KeptSpace>[] = []
  const pictures = new Map<string, Waiter<Raster | undefined>[]>()

  const asked = <T>(waiters: Waiter<T>[], message: ClientMessage): Promise<T> =>
    new Promise((resolve, reject) => {
      waiters.push({ resolve, reject })
      send(message)
    })

  return {
    list: (wanted) => asked(lists, { type: 'earlier', ...wanted }),
    favourite: (id, favourite) => asked(spaces, { type: 'favourite', id, favourite }),
    forget: (id) => asked(spaces, { type: 'forget', id }),
    picture: (id) =>
      new Promise((resolve, reject) => {
        const waiting = pictures.get(id)
        const waiter = { resolve, reject }
        if (waiting !== undefined) return void waiting.push(waiter)
        pictures.set(id, [waiter])
        send({ type: 'earlier-picture', id })
      }),
    listed: ({ earlier, more, space }) => lists.shift()?.resolve({ earlier, more, space }),
    counted: (space) => spaces.shift()?.resolve(space),
    arrived(id, picture) {
      const waiting = pictures.get(id) ?? []
      pictures.delete(id)
      for (const { resolve } of waiting) resolve(picture)
    },
    refused(what, id, error) {
      if (what === 'earlier') return lists.shift()?.reject(error)
      if (what !== 'earlier-picture') return spaces.shift()?.reject(error)
      const waiting = pictures.get(id ?? '') ?? []
      pictures.delete(id ?? '')
      for (const { reject } of waiting) reject(error)
    },
    fail(error) {
      const waiting = [...lists.splice(0), ...spaces.splice(0), ...[...pictures.values()].flat()]
      pictures.clear()
      for (const { reject } of waiting) reject(error)
    },
  }
}
