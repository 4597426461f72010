/** `npm run demo`: the whole way once, without a browser: a layer, a prompt, a new layer, another weight. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'
import sharp from 'sharp'
import type { Raster } from '../../../shared/raster.ts'
import { weightsOf } from '../../state/draft.ts'
import { EXAMPLE, openPairedPanel, settled } from './paired-panel.ts'

const ROOT = join(import.meta.dirname, '../../..')
const OUT = join(ROOT, 'out')
const PROMPT = 'a house'
const STRONGER = 1.2

const started = performance.now()

function say(sentence: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${sentence}`)
}

async function writePng(file: string, { width, height, channels, data }: Raster): Promise<void> {
  await sharp(data, { raw: { width, height, channels } }).png().toFile(file)
  say(`Written: ${relative(ROOT, file)}`)
}

async function demo(companionArgs: readonly string[]): Promise<void> {
  const { panel, controls, port, close } = await openPairedPanel(companionArgs)
  try {
    say(`The companion listens on port ${port} of this machine; the panel is connected and paired.`)
    say(`${relative(ROOT, EXAMPLE)} is open; its layer "fox" is selected.`)

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
    await close()
  }
}

try {
  await demo(process.argv.slice(2))
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown))
  process.exitCode = 1
}
