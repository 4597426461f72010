/** The studio: a document beside the very panel that Photoshop would show, over Photoshop's double. */
import { Theme } from '@spectrum-web-components/theme'
import '@spectrum-web-components/theme/scale-medium.js'
import '@spectrum-web-components/theme/theme-dark.js'
import '@spectrum-web-components/theme/theme-light.js'
import { drawnOn } from './draw.ts'
import { byId } from './element.ts'
import { connectFiles } from './files.ts'
import { createHistoryList } from './history-list.ts'
import { createLayerTree } from './layer-tree.ts'
import { connectPanelEdge } from './panel-width.ts'
import { guardWhileModal } from './modal-guard.ts'
import { loadPanel, openPhotoshop, type StudioConfig } from './photoshop.ts'
import { connectTheme } from './theme.ts'
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
  let shown: unknown

  const draw = (): void => {
    const active = controls.active()
    byId('h1', 'title').textContent =
      active === null ? 'No document' : `${active.title} · ${active.state.width} × ${active.state.height}`
    canvas.hidden = active === null
    const { names, position } = active?.history ?? { names: [], position: 0 }
    byId('button', 'undo').disabled = position === 0
    byId('button', 'redo').disabled = position >= names.length - 1
    for (const id of ['save', 'close']) byId('button', id).disabled = active === null
    if (active !== null && active.state !== shown) drawnOn(canvas, controls.picture())
    shown = active?.state
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
  byId('button', 'close').addEventListener('click', () => {
    if (controls.active() !== null) controls.close()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || isTyping(event)) return
    event.preventDefault()
    if (event.shiftKey) controls.redo()
    else controls.undo()
  })
  connectFiles(controls, say)
  connectPanelEdge(byId('div', 'edge'), byId('aside', 'panel-column'))

  const psd = await fetch(config.psdUrl)
  controls.openFile(new Uint8Array(await psd.arrayBuffer()), config.psdUrl.split('/').at(-1) ?? 'document.psd')
  draw()
  await loadPanel(host, byId('div', 'panel'))
}

const isTyping = (event: KeyboardEvent): boolean =>
  event.composedPath().some((part) => part instanceof HTMLInputElement || part instanceof HTMLTextAreaElement)

if (window.STUDIO === undefined) say('Open the studio with "npm start".')
else open(window.STUDIO).catch((thrown: unknown) => say(thrown instanceof Error ? thrown.message : String(thrown)))
