import type { Controls } from '../double/controls.ts'

const ACTS = ['click', 'dblclick', 'keydown', 'drop'] as const

/**
 * While a script holds Photoshop the person has to wait, as in Photoshop: what they do outside `panel` has no effect,
 * but for Escape, which cancels the script.
 */
export function guardWhileModal(controls: Controls, panel: HTMLElement): void {
  for (const act of ACTS) {
    document.addEventListener(
      act,
      (event) => {
        if (controls.modal().length === 0 || event.composedPath().includes(panel)) return
        event.stopImmediatePropagation()
        event.preventDefault()
        if (event instanceof KeyboardEvent && event.key === 'Escape') controls.cancelModal()
      },
      { capture: true },
    )
  }
}
