import { uxpModule } from './modules.ts'
import { PANEL_ID } from './panel-id.ts'

let root: HTMLElement | undefined
let waiting: ((root: HTMLElement) => void) | undefined

// Photoshop drops a plugin that has not set up its entry points within about 20 ms of loading, so this runs on import,
// before React is even evaluated.
uxpModule.entrypoints.setup({
  panels: {
    [PANEL_ID]: {
      create(created) {
        root = created
        waiting?.(created)
      },
    },
  },
})

/** Calls `mount` with the panel's node as soon as Photoshop has made it. */
export function whenPanelIsCreated(mount: (root: HTMLElement) => void): void {
  waiting = mount
  if (root !== undefined) mount(root)
}
