import type { Companion } from '../client/companion.ts'
import type { Host } from '../host/host.ts'

/** Everything outside the panel that it acts on; tests and the demo give their own. */
export interface Surroundings {
  readonly host: Host
  readonly companion: Companion
  readonly settings: {
    readonly read: (key: string) => string | undefined
    readonly write: (key: string, value: string) => boolean
  }
  /** Puts text on the clipboard; rejects where the host does not let us. */
  readonly copy: (text: string) => Promise<void>
  /** Milliseconds of a clock that only moves forward. */
  readonly now: () => number
  /** A number in 0 <= x < 1. */
  readonly random: () => number
}
