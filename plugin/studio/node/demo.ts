/** `npm run demo`: the whole way once, without a browser: a layer, a prompt, a new layer, another weight. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import type { Raster } from '../../../shared/raster.ts'
import { RemoteCompanion } from '../../client/remote-companion.ts'
import { createPhotoshopHost } from '../../host/photoshop-host.ts'
import { weightsOf } from '../../state/draft.ts'
import { createPanel, type Panel } from '../../state/panel.ts'
import type { PanelState } from '../../state/state.ts'
import { createHost } from '../double/host.ts'
import type { PlatformSocketClass } from '../double/websocket.ts'
import { startCompanion } from './companion-process.ts'

const ROOT = join(import.meta.dirname, '../../..')
const EXAMPLE = join(ROOT, 'plugin/studio/example/fox.psd')
const OUT = join(ROOT, 'out')
const PROMPT = 'a house'
/** The same random number each time, so that every run of the demo makes the same pictures. */
const CHANCE = 0.5
const STRONGER = 1.2

const started = performance.now()

function say(sentence: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${sentence}`)
}

/** Waits for the panel; a notice it shows on the way is a failure here. */
function settled(panel: Panel, holds: (state: PanelState) => boolean): Promise<void> {
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

async function writePng(file: string, { width, height, channels, data }: Raster): Promise<void> {
  await sharp(data, { raw: { width, height, channels } }).png().toFile(file)
  say(`Written: ${relative(ROOT, file)}`)
}

async function demo(companionArgs: readonly string[]): Promise<void> {
  const companionProcess = await startCompanion(companionArgs)
  const { port, token } = companionProcess
  say(`The companion listens on port ${port} of this machine.`)

  const photoshop = createHost({
    WebSocket: WebSocket as unknown as PlatformSocketClass,
    domains: [`ws://localhost:${port}`, `ws://127.0.0.1:${port}`],
  })
  const { controls } = photoshop
  controls.openFile(new Uint8Array(await readFile(EXAMPLE)), 'fox.psd')
  const fox = controls.layerNamed('fox')
  controls.selectLayers([fox.id])
  say(`${relative(ROOT, EXAMPLE)} is open; its layer "fox" is selected.`)

  const companion = new RemoteCompanion({
    WebSocket: photoshop.WebSocket as unknown as typeof globalThis.WebSocket,
    port,
    token,
    client: { name: 'imprint-demo', version: '0' },
  })
  const panel = createPanel({
    host: createPhotoshopHost(photoshop.photoshop, photoshop.uxp.storage),
    companion,
    settings: { read: () => undefined, write: () => undefined },
    copy: () => Promise.resolve(),
    now: () => performance.now(),
    random: () => CHANCE,
  })
  const stop = panel.start()
  try {
    await settled(panel, ({ companion: { kind } }) => kind === 'ready')
    say('The panel is connected and paired.')

    await panel.references.add()
    await settled(panel, ({ recipe }) => recipe.references.length > 0)
    const { image } = panel.state().recipe.references[0]!
    const { picture } = panel.state().cards[image]!.capture
    say(`Reference: "fox", ${picture.width} x ${picture.height} pixels.`)

    panel.change({ prompt: PROMPT })
    await panel.imprint()
    await settled(panel, ({ newest }) => newest !== undefined)
    const first = panel.state().newest!
    const [weight] = weightsOf(first.made.recipe)
    const name = controls.layer(first.layer.layerId)!.name
    say(`Imprint: "${PROMPT}" at weight ${weight ?? 0}: new layer "${name}" above "fox".`)

    await panel.setWeight(image, STRONGER, true)
    await settled(panel, ({ newest }) => newest !== undefined && weightsOf(newest.made.recipe)[0] === STRONGER)
    const second = panel.state().newest!
    const same = second.layer.layerId === first.layer.layerId
    if (!same) throw new Error('The slider made another layer instead of changing the newest one.')
    say(`Weight ${STRONGER}: the same layer follows the reference more.`)
    say(`History: ${controls.active()!.history.names.join(' > ')}`)

    await mkdir(OUT, { recursive: true })
    await writeFile(join(OUT, 'fox-imprint.psd'), controls.save())
    say('Written: out/fox-imprint.psd')
    await writePng(join(OUT, 'fox-imprint.png'), controls.picture())
    await writePng(join(OUT, 'fox-result.png'), second.made.picture)
  } finally {
    stop()
    companion.close()
    await companionProcess.close()
  }
}

try {
  await demo(process.argv.slice(2))
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown))
  process.exitCode = 1
}
