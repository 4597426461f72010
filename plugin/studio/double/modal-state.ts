/** Remembers which modal scope the running code belongs to, so that a call from within a scope nests instead of waiting. */
export interface CallChain {
  run<T>(scope: object, body: () => T): T
  current(): object | undefined
}

/** One running `executeAsModal`. */
export interface Scope {
  readonly interactive: boolean
  readonly commandName: string
  cancel?: (() => void) | undefined
  progress: number | null
  /** Documents closed when the scope ends. */
  readonly autoClose: Set<number>
}

/** A call that waits for the running scope to end. */
interface Waiting {
  readonly start: () => void
}

export interface Modal {
  scopes: readonly Scope[]
  waiting: readonly Waiting[]
  /** True from the user's Escape until the last scope has ended. */
  cancelled: boolean
  /** What the user is doing that keeps scripts out, e.g. "free transform"; null when nothing. */
  userBusy: string | null
  readonly chain: CallChain
}

/**
 * Knows the scope of a call only until its first `await`: a nested call after that waits for its own scope and is
 * refused. Where the platform can follow a call across `await`, hand in a chain that does.
 */
export function synchronousChain(): CallChain {
  let current: object | undefined
  return {
    run(scope, body) {
      const before = current
      current = scope
      try {
        return body()
      } finally {
        current = before
      }
    },
    current: () => current,
  }
}

/** The modal state of a Photoshop in which nothing runs. */
export const idle = (chain: CallChain): Modal => ({
  scopes: [],
  waiting: [],
  cancelled: false,
  userBusy: null,
  chain,
})
