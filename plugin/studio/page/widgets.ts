import { ActionButton } from '@spectrum-web-components/action-button'
import { Button } from '@spectrum-web-components/button'
import { ProgressBar } from '@spectrum-web-components/progress-bar'
import * as slider from '@spectrum-web-components/slider'
import { Textfield } from '@spectrum-web-components/textfield'
import { defineLists, nameOf } from './lists.ts'

interface SliderElement extends HTMLElement {
  label: string
  labelVisibility?: string
  connectedCallback(): void
}

// Spectrum calls an attribute of its slider deprecated in a way that reads as if the class were.
const Slider = Reflect.get(slider, 'Slider') as new () => SliderElement

class UxpSlider extends Slider {
  override connectedCallback(): void {
    super.connectedCallback()
    this.label = nameOf(this)
    if (this.getAttribute('show-value') === 'false') this.labelVisibility = 'text'
  }
}

/** Spectrum's placeholder looks just like text; UXP's is paler. */
const paler = new CSSStyleSheet()
paler.replaceSync('::placeholder { opacity: 0.55 !important }')

class UxpTextfield extends Textfield {
  override connectedCallback(): void {
    super.connectedCallback()
    this.label = nameOf(this)
    this.shadowRoot.adoptedStyleSheets.push(paler)
  }
}

/** UXP's field is as tall as its style says, and no handle changes that. */
const filling = new CSSStyleSheet()
filling.replaceSync('#textfield, .input { height: 100%; min-height: 0 !important; resize: none !important }')

class UxpTextarea extends UxpTextfield {
  constructor() {
    super()
    this.multiline = true
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.shadowRoot.adoptedStyleSheets.push(filling)
  }
}

/** UXP counts `value` up to `max`, Spectrum shows `progress` in per cent. */
class UxpProgressBar extends ProgressBar {
  max = 100

  get value(): number {
    return (this.progress * this.max) / 100
  }

  set value(value: number) {
    this.progress = (value * 100) / this.max
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.label = nameOf(this)
    // Without a label of its own UXP shows the bar alone.
    if (this.label === '') this.setAttribute('aria-label', 'Progress')
    this.sideLabel = false
  }
}

/** A piece of text: UXP's sp-label, which Spectrum's web components do not have. */
class UxpText extends HTMLElement {}

/** Defines the widgets that Photoshop builds into UXP, from Spectrum's web components. */
export function defineWidgets(): void {
  customElements.define('sp-button', Button)
  customElements.define('sp-action-button', ActionButton)
  customElements.define('sp-slider', UxpSlider)
  customElements.define('sp-textfield', UxpTextfield)
  customElements.define('sp-textarea', UxpTextarea)
  customElements.define('sp-progressbar', UxpProgressBar)
  customElements.define('sp-label', UxpText)
  defineLists()
}
