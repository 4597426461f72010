import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { RemoteCompanion } from '../../client/remote-companion.ts'
import { createPhotoshopHost } from '../../host/photoshop-host.ts'
import { createPanel, type Panel } from '../../state/panel.ts'
import type { PanelState } from '../../state/state.ts'
import { createHost, type StudioHost } from '../double/host.ts'
import type { PlatformSocketClass } from '../double/websocket.ts'
import { startCompanion } from './companion-process.ts'

/** The document that comes with the studio. */
export const EXAMPLE = join(import.meta.dirname, '../example/fox.psd')
/** The same random number each time, so that every run makes the same pictures. */
const CHANCE = 0.5

/** The panel's own code over the double, with the example open, connected to a companion of its own. */
export interface PairedPanel {
  readonly panel: Panel
  readonly controls: StudioHost['controls']
  /** Where the companion listens. */
  readonly port: number
  readonly close: () => Promise<void>
}

/** Opens it with the layer "fox" selected; `companionArgs` go to `imprint serve`. */
export async function openPairedPanel(companionArgs: readonly string[] = []): Promise<PairedPanel> {
  const companionProcess = await startCompanion(companionArgs)
  const { port, token } = companionProcess
  const photoshop = createHost({
    WebSocket: WebSocket as unknown as PlatformSocketClass,
    domains: [`ws://localhost:${port}`, `ws://127.0.0.1:${port}`],
  })
  const { controls } = photoshop
  controls.openFile(new Uint8Array(await readFile(EXAMPLE)), 'fox.psd')
  controls.selectLayers([controls.layerNamed('fox').id])
  const companion = new RemoteCompanion({
    WebSocket: photoshop.WebSocket as unknown as typeof globalThis.WebSocket,
    port,
    token,
    client: { name: 'imprint-node', version: '0' },
  })
  const panel = createPanel({
    host: createPhotoshopHost(photoshop.photoshop, photoshop.uxp.storage),
    companion,
    settings: { read: () => undefined, write: () => false },
    copy: () => Promise.resolve(),
    now: () => performance.now(),
    random: () => CHANCE,
  })
  const stop = panel.start()
  const close = async (): Promise<void> => {
    stop()
    companion.close()
    await companionProcess.close()
  }
  try {
    await settled(panel, ({ companion: { kind } }) => kind === 'ready')
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { panel, controls, port, close }
}

/** Waits for the panel; a notice it shows on the way is a failure here. */
export function settled(panel: Panel, holds: (state: PanelState) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const state = panel.state()
      if (state.notice !== undefined) reject(new Error(state.notice.text))
      else if (state.companion.kind === 'unpaired') reject(new Error(state.companion.message))
      else if (holds(state)) resolve()
      else return
      stop()
    }
    const stop = panel.subscribe(look)
    look()
  })
}
