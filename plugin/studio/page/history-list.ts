import type { Controls } from '../double/controls.ts'
import { element } from './element.ts'

/** Shows the active document's history, newest last; a click goes there. */
export function createHistoryList(list: HTMLElement, controls: Controls): { draw(): void } {
  return {
    draw() {
      const history = controls.active()?.history ?? { names: [], position: -1 }
      list.replaceChildren(
        ...history.names.map((name, position) => {
          const item = element('li', '')
          const button = element('button', position > history.position ? 'state state-undone' : 'state', {
            type: 'button',
            ...(position === history.position ? { 'aria-current': 'step' } : {}),
          })
          button.textContent = name
          button.addEventListener('click', () => controls.goTo(position))
          item.append(button)
          return item
        }),
      )
      list.scrollTop = list.scrollHeight
    },
  }
}
