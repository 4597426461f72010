import { withoutForeignGlobals } from '../double/globals.ts'
import { createHost, type StudioHost } from '../double/host.ts'
import type { PlatformSocketClass } from '../double/websocket.ts'
import { decodeWhole } from './decode-picture.ts'
import { encodeJpeg } from './encode-jpeg.ts'
import { browserPickers } from './file-pickers.ts'

/** What the server wrote into the page. */
export interface StudioConfig {
  readonly psdUrl: string
  /** The companion's port and pairing code. */
  readonly port: number
  readonly token: string
}

const SECURE = 'studio.secure.'

/** Photoshop's double for this page: the manifest's allow list with the companion's real port, storage in the browser. */
export async function openPhotoshop({ port, token }: StudioConfig): Promise<StudioHost> {
  const host = createHost({
    WebSocket: WebSocket as unknown as PlatformSocketClass,
    domains: [`ws://localhost:${port}`, `ws://127.0.0.1:${port}`],
    encodeJpeg,
    decodePicture: decodeWhole,
    localFileSystem: 'request',
    filePickers: browserPickers,
    secureStore: {
      getItem: (key) => localStorage.getItem(SECURE + key),
      setItem: (key, value) => localStorage.setItem(SECURE + key, value),
      removeItem: (key) => localStorage.removeItem(SECURE + key),
    },
  })
  await host.uxp.storage.secureStorage.setItem('imprint.token', token)
  localStorage.setItem('imprint.port', String(port))
  return host
}

/** Runs the panel's shipped bundle as Photoshop would, and opens its panel in `root`. */
export async function loadPanel(host: StudioHost, root: HTMLElement): Promise<void> {
  const response = await fetch('/panel/main.js')
  if (!response.ok) throw new Error('The panel is not built: run "npm run build".')
  Object.assign(window, { require: (name: string) => host.require(name), WebSocket: host.WebSocket })
  const script = document.createElement('script')
  script.textContent = withoutForeignGlobals(await response.text())
  document.head.append(script)
  const [id] = host.controls.panels()
  if (id === undefined) throw new Error('The panel did not set itself up.')
  await host.controls.openPanel(id, root)
}
