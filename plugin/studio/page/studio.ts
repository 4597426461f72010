/** The studio: a document beside the very panel that Photoshop would show, over Photoshop's double. */
import { Theme } from '@spectrum-web-components/theme'
import '@spectrum-web-components/theme/scale-medium.js'
import '@spectrum-web-components/theme/theme-dark.js'
import '@spectrum-web-components/theme/theme-light.js'
import type { DocumentView } from '../double/controls.ts'
import { createDocumentTabs } from './document-tabs.ts'
import { drawnOn } from './draw.ts'
import { byId } from './element.ts'
import { connectFiles } from './files.ts'
import { createHistoryList } from './history-list.ts'
import { isTyping } from './is-typing.ts'
import { createLayerTree } from './layer-tree.ts'
import { connectMarquee, drawMarquee } from './marquee.ts'
import { connectPanelEdge } from './panel-width.ts'
import { guardWhileModal } from './modal-guard.ts'
import { loadPanel, openPhotoshop, type StudioConfig } from './photoshop.ts'
import { connectTheme } from './theme.ts'
import { connectClosing, trackUnsaved } from './unsaved.ts'
import { createView } from './view.ts'
import { defineWidgets } from './widgets.ts'

declare global {
  interface Window {
    /** Written into the page by the server. */
    readonly STUDIO?: StudioConfig
  }
}

const say = (sentence: string): void => {
  byId('p', 'said').textContent = sentence
}

async function open(config: StudioConfig): Promise<void> {
  customElements.define('sp-theme', Theme)
  defineWidgets()
  const theme = document.querySelector<Theme>('sp-theme')
  if (theme !== null) connectTheme(byId('button', 'theme'), theme)

  const host = await openPhotoshop(config)
  const { controls } = host
  guardWhileModal(controls, byId('aside', 'panel-column'))
  const canvas = byId('canvas', 'document')
  const layers = createLayerTree(byId('div', 'layers'), controls)
  const history = createHistoryList(byId('ol', 'history'), controls)
  const view = createView(byId('div', 'table'), canvas)
  connectMarquee(byId('div', 'table'), canvas, controls)
  const unsaved = trackUnsaved(controls)
  const tabs = createDocumentTabs(byId('ul', 'documents'), controls, unsaved)
  let shown: unknown

  const draw = (): void => {
    const active = controls.active()

    byId('h1', 'title').textContent = active === null ? 'No document' : titleOf(active, unsaved.has(active))
    canvas.hidden = active === null
    const { names, position } = active?.history ?? { names: [], position: 0 }
    byId('button', 'undo').disabled = position === 0
    byId('button', 'redo').disabled = position >= names.length - 1
    for (const id of ['save', 'close', 'zoom-in', 'zoom-out', 'fit']) byId('button', id).disabled = active === null
    if (active !== null && active.state !== shown) {
      drawnOn(canvas, controls.picture())
      if (active.state.selection !== null) drawMarquee(canvas, active.state.selection.bounds)
    }
    if (active !== null) view.show(active.state)
    shown = active?.state
    tabs.draw()
    layers.draw()
    history.draw()
  }
  let isDue = false
  controls.subscribe(() => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      draw()
    })
  })

  byId('button', 'undo').addEventListener('click', () => void controls.undo())
  byId('button', 'redo').addEventListener('click', () => void controls.redo())
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || isTyping(event)) return
    event.preventDefault()
    if (event.shiftKey) controls.redo()
    else controls.undo()
  })
  const save = connectFiles(controls, say, () => {
    unsaved.saved()
    draw()
  })
  connectClosing(controls, unsaved, save)
  connectPanelEdge(byId('div', 'edge'), byId('aside', 'panel-column'))

  const psd = await fetch(config.psdUrl)
  controls.openFile(new Uint8Array(await psd.arrayBuffer()), config.psdUrl.split('/').at(-1) ?? 'document.psd')
  draw()
  await loadPanel(host, byId('div', 'panel'))
}

const titleOf = ({ title, state }: DocumentView, isUnsaved: boolean): string =>
  `${title} · ${state.width} × ${state.height}${isUnsaved ? ' · not saved' : ''}`

if (window.STUDIO === undefined) say('Open the studio with "npm start".')
else open(window.STUDIO).catch((thrown: unknown) => say(thrown instanceof Error ? thrown.message : String(thrown)))
