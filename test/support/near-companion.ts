import type { Companion, CompanionEvent, CompanionStatus } from '../../plugin/client/companion.ts'
import type { Engine } from '../../companion/engine/engine.ts'

export interface NearCompanion extends Companion {
  /** Changes the status and tells. */
  become(status: CompanionStatus): void
  /** The codes it was given. */
  readonly tokens: readonly string[]
}

const READY: CompanionStatus = { kind: 'ready', version: '0.0.0', device: { device: 'cpu', reason: 'A test.' } }

/** A companion without a socket: the panel's requests go straight to an engine in this process. */
export function nearCompanion(engine: Engine, first: CompanionStatus = READY): NearCompanion {
  let status = first
  const listeners = new Set<() => void>()
  const tokens: string[] = []
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
    pair: (token) => void tokens.push(token),
    async *generate({ recipe, pictures, score, shape }, signal): AsyncGenerator<CompanionEvent, void> {
      yield { type: 'queued', ahead: 0 }
      yield* engine.generate({ recipe, pictures, ...(score && { score }), ...(shape && { shape }) }, signal)
    },
    models: () => Promise.resolve([]),
    close: () => listeners.clear(),
  }
}
