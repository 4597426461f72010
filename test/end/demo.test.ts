import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import { createHost } from '../../plugin/studio/double/host.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import '../support/own-home.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

test('npm run demo writes a PSD with the new layer above the reference, and pictures to look at', async () => {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', 'plugin/studio/node/demo.ts'], { cwd: root })
  assert.match(stdout, /new layer "Imprint: a house" above "fox"/)

  const { controls } = createHost()
  controls.openFile(new Uint8Array(await readFile(join(root, 'out/fox-imprint.psd'))), 'fox-imprint.psd')
  const names = controls.active()!.state.layers.map(({ name }) => name)
  assert.equal(names.indexOf('Imprint: a house'), names.indexOf('fox') - 1)

  const layer = controls.layerNamed('Imprint: a house')
  const { recipe } = JSON.parse(layer.settings[SETTINGS_KEY] ?? '') as { recipe: unknown }
  const { prompt, references } = recipeSchema.parse(recipe)
  assert.equal(prompt, 'a house')
  assert.equal(references?.[0]?.weight, 1.2)

  const { entropy } = await sharp(join(root, 'out/fox-result.png')).stats()
  assert.ok(entropy > 1, `a picture, not one colour: ${entropy}`)
})
