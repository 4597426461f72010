import type { Switches } from './switches.ts'

/** What a plugin tells `entrypoints.setup` about one panel. */
export interface PanelEntrypoint {
  readonly create?: (root: HTMLElement) => unknown
  readonly show?: (root: HTMLElement) => unknown
}

export interface EntrypointSetup {
  readonly plugin?: object
  readonly panels?: Readonly<Record<string, PanelEntrypoint>>
  readonly commands?: Readonly<Record<string, unknown>>
}

/** Milliseconds a lifecycle promise may take. */
const LIFECYCLE_LIMIT = 300

/**
 * `uxp.entrypoints` and Photoshop's side of it. The plugin's script begins with its first `require`; a setup that does
 * not come in the same turn of the event loop is too late.
 */
export function createEntrypoints(switches: Switches) {
  let known: EntrypointSetup | null = null
  let tooLate = false
  let begun = false
  const shown = new Set<string>()

  const panel = (id: string): PanelEntrypoint => {
    const found = known?.panels?.[id]
    if (!found) throw new Error(`The plugin has not set up a panel "${id}".`)
    return found
  }

  return {
    /** The plugin's script runs now; called by the first `require`. */
    begin(): void {
      if (begun) return
      begun = true
      setTimeout(() => (tooLate = true), 0)
    },
    uxp: {
      setup(entrypoints: EntrypointSetup): void {
        if (tooLate && known === null) throw new TypeError("Cannot read properties of undefined (reading '_isSet')")
        if (known !== null && switches.secondSetupThrows) throw new Error('entrypoints.setup can be called only once.')
        known = entrypoints
      },
    },
    /** Photoshop opens a panel: `create`, then `show` on the first opening only; `hide` never comes. */
    openPanel: async (id: string, root: HTMLElement): Promise<void> => {
      const { create, show } = panel(id)
      if (shown.has(id)) return
      shown.add(id)
      await settles(create?.(root), `create of panel "${id}"`)
      await settles(show?.(root), `show of panel "${id}"`)
    },
    /** The panels the plugin has set up. */
    panels: (): readonly string[] => Object.keys(known?.panels ?? {}),
  }
}

function settles(work: unknown, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The ${what} did not settle in ${LIFECYCLE_LIMIT} ms.`)),
      LIFECYCLE_LIMIT,
    )
    Promise.resolve(work)
      .then(() => resolve(), reject)
      .finally(() => clearTimeout(timer))
  })
}
