import type { Controls } from '../double/controls.ts'
import { element } from './element.ts'
import type { Unsaved } from './unsaved.ts'

/** Lists the open documents, as soon as there is more than one; a click brings one to the front. */
export function createDocumentTabs(list: HTMLElement, controls: Controls, unsaved: Unsaved): { draw(): void } {
  return {
    draw() {
      const documents = controls.documents()
      const activeId = controls.active()?.id
      const focused = [...list.children].findIndex((item) => item.contains(document.activeElement))
      list.hidden = documents.length < 2
      list.replaceChildren(
        ...documents.map((open) => {
          const item = element('li', '')
          const tab = element('button', 'tab', {
            type: 'button',
            ...(open.id === activeId ? { 'aria-current': 'true' } : {}),
          })
          tab.textContent = unsaved.has(open) ? `${open.title} *` : open.title
          tab.addEventListener('click', () => controls.activate(open.id))
          item.append(tab)
          return item
        }),
      )
      list.querySelectorAll('button')[focused]?.focus()
    },
  }
}
