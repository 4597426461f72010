/** What a widget of UXP is called by: its child `<sp-label slot="label">`. */
export const nameOf = (widget: HTMLElement): string =>
  widget.querySelector(':scope > sp-label[slot="label"]')?.textContent.trim() ?? ''

const itemsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('sp-menu-item')]

const PICKER_STYLE = new CSSStyleSheet()
PICKER_STYLE.replaceSync(`
  :host { display: inline-block }
  select {
    box-sizing: border-box; width: 100%; min-height: 24px; padding: 0 4px; border-radius: 4px;
    border: 1px solid var(--spectrum-gray-400); font: inherit;
    color: var(--spectrum-gray-800); background: var(--spectrum-gray-75);
  }
`)

/** UXP's drop-down list: its choices are the items of its menu, and it tells of a choice with `change`. */
class UxpPicker extends HTMLElement {
  readonly #select = document.createElement('select')
  readonly #observer = new MutationObserver(() => this.#draw())

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
    root.adoptedStyleSheets.push(PICKER_STYLE)
    root.append(this.#select)
    this.#select.addEventListener('change', () => this.dispatchEvent(new Event('change', { bubbles: true })))
  }

  connectedCallback(): void {
    this.#draw()
    this.#observer.observe(this, { subtree: true, childList: true, characterData: true, attributes: true })
  }

  disconnectedCallback(): void {
    this.#observer.disconnect()
  }

  get selectedIndex(): number {
    return this.#select.selectedIndex
  }

  set selectedIndex(index: number) {
    this.#select.selectedIndex = index
  }

  #draw(): void {
    const items = itemsOf(this)
    this.#select.setAttribute('aria-label', nameOf(this))
    this.#select.replaceChildren(...items.map((item) => new Option(item.textContent)))
    this.#select.selectedIndex = items.findIndex((item) => item.hasAttribute('selected'))
  }
}

/** UXP's list of items in place; it tells of a choice with `change`. */
class UxpMenu extends HTMLElement {
  selectedIndex = -1

  connectedCallback(): void {
    if (this.closest('sp-picker') !== null) return
    this.setAttribute('role', 'menu')
    this.addEventListener('click', ({ target }) => this.#choose(target))
    this.addEventListener('keydown', (event) => {
      const items = itemsOf(this)
      const at = items.findIndex((item) => item === event.target)
      const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key]
      if (to !== undefined) items[to]?.focus()
      else if (event.key === 'Enter' || event.key === ' ') this.#choose(event.target)
      else return
      event.preventDefault()
    })
  }

  #choose(target: EventTarget | null): void {
    const at = itemsOf(this).findIndex((item) => target instanceof Node && item.contains(target))
    if (at < 0) return
    this.selectedIndex = at
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

class UxpMenuItem extends HTMLElement {
  connectedCallback(): void {
    if (this.closest('sp-picker') !== null) return
    this.setAttribute('role', 'menuitem')
    this.tabIndex = this.previousElementSibling === null ? 0 : -1
  }
}

/** Defines UXP's lists, which Spectrum's web components have in another form. */
export function defineLists(): void {
  customElements.define('sp-picker', UxpPicker)
  customElements.define('sp-menu', UxpMenu)
  customElements.define('sp-menu-item', UxpMenuItem)
}
