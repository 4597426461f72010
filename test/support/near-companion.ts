import type { Companion, CompanionEvent, CompanionStatus } from '../../plugin/client/companion.ts'
import type { EarlierPictures } from '../../plugin/client/earlier-talk.ts'
import type { Earlier } from '../../shared/earlier.ts'
import type { Engine } from '../../companion/engine/engine.ts'
import type { History } from '../../companion/history/history.ts'
import type { About } from '../../shared/about.ts'
import { ImprintError } from '../../shared/errors.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { ModelRecord } from '../../shared/protocol.ts'
import { partHash } from '../../shared/recipe-pictures.ts'
import { countAsClip } from './count-as-clip.ts'
import { inQueue } from './in-queue.ts'

export interface NearCompanion extends Companion {
  /** Changes the status and tells. */
  become(status: CompanionStatus): void
  /** Tells of something that went wrong by itself. */
  goWrong(error: ImprintError): void
  /** The numbers it was given. */
  readonly tokens: readonly string[]
}

const READY: CompanionStatus = { kind: 'ready', version: '0.0.0', device: { device: 'cpu', reason: 'A test.' } }

const MODELS: readonly ModelRecord[] = [
  { name: 'starter', role: 'checkpoint', family: 'sd15', bytes: 1 },
  { name: 'half', role: 'checkpoint', family: 'sdxl', bytes: 1, missing: ['a text encoder'] },
]

/**
 * A companion without a socket: the panel's requests go straight to an engine in this process, and what is finished into `history`;
 * without one nothing is kept.
 */
export function nearCompanion(engine: Engine, first: CompanionStatus = READY, history?: History): NearCompanion {
  let status = first
  const queue = inQueue(engine)
  const listeners = new Set<() => void>()
  const tokens: string[] = []
  const madeListeners = new Set<(earlier: Earlier) => void>()
  const failureListeners = new Set<(error: ImprintError) => void>()
  const aboutWith = (folder?: string): About => ({
    folders: ['/models', ...(folder === undefined ? [] : [folder])],
    memory: { free: 1e9, total: 4e9 },
    space: history?.space() ?? { pictures: 0, bytes: 0, quota: 0 },
    settings: { device: 'auto', quota: 0, memory: 2e9, fixed: [], ...(folder !== undefined && { folder }) },
  })
  return {
    get status() {
      return status
    },
    tokens,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    become(next) {
      status = next
      for (const listener of listeners) listener()
    },
    goWrong(error) {
      for (const listener of failureListeners) listener(error)
    },
    pair: (token) => void tokens.push(token),
    async *generate(
      { recipe, pictures, score, shape, quick, name, slot },
      signal,
    ): AsyncGenerator<CompanionEvent, void> {
      const request = { recipe, pictures, ...(score && { score }), ...(shape && { shape }), ...(quick && { quick }) }
      for await (const event of queue.generate(request, { name, slot }, signal)) {
        // Whoever has the result asks for no more, so that what comes after it would never happen.
        if (event.type === 'result' && !quick && history !== undefined) {
          const earlier = await history.add({ ...event, pictures })
          for (const listener of madeListeners) listener(earlier)
        }
        yield event
      }
    },
    order: queue.order,
    countTokens: (asked) => Promise.resolve(countAsClip(asked)),
    models: () => Promise.resolve(MODELS),
    about: () => Promise.resolve(aboutWith()),
    set: ({ folder }) =>
      folder === '/absent'
        ? Promise.reject(new ImprintError('setting-invalid', 'There is no folder /absent.'))
        : Promise.resolve(aboutWith(folder ?? undefined)),
    earlier: earlierOf(history),
    onMade(listener) {
      madeListeners.add(listener)
      return () => madeListeners.delete(listener)
    },
    onFailure(listener) {
      failureListeners.add(listener)
      return () => failureListeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}

function earlierOf(history: History | undefined): EarlierPictures {
  const space = () => Promise.resolve(history?.space() ?? { pictures: 0, bytes: 0, quota: 0 })
  return {
    async list(asked) {
      const found = history?.list({ ...asked, limit: LIMITS.earlier + 1 }) ?? []
      return { earlier: found.slice(0, LIMITS.earlier), more: found.length > LIMITS.earlier, space: await space() }
    },
    async picture(id) {
      const hash = partHash(id)
      return hash === undefined ? history?.picture(id) : history?.named(hash)
    },
    favourite(id, favourite) {
      history?.favourite(id, favourite)
      return space()
    },
    forget(id) {
      history?.remove(id)
      return space()
    },
  }
}
