import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { BUDGET, buildPanel } from '../../plugin/build.ts'
import { PANEL_ID } from '../../plugin/host/panel-id.ts'
import { evaluatePanel } from '../support/evaluate-panel.ts'

let folder = ''
let bytes = 0
let script = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imprint-panel-'))
  bytes = await buildPanel(folder)
  script = await readFile(join(folder, 'main.js'), 'utf8')
})
after(() => rm(folder, { recursive: true, force: true }))

test('the bundle runs with nothing but UXP’s globals and sets up its panel at once', () => {
  assert.deepEqual(evaluatePanel(script).controls.panels(), [PANEL_ID])
})

test('the bundle asks for no modules but those that UXP has', () => {
  assert.deepEqual(evaluatePanel(script).asked, ['photoshop', 'uxp'])
})

test('nothing in the bundle names TextEncoder, TextDecoder or eval', () => {
  for (const word of ['TextEncoder', 'TextDecoder', 'eval(', 'new Function']) {
    assert.ok(!script.includes(word), word)
  }
})

test('the script stays within its budget', () => {
  assert.ok(bytes > 0 && bytes <= BUDGET, `${bytes} bytes`)
})

test('the folder is a whole plugin: every file that the manifest and the page name is there', async () => {
  const files = await readdir(folder, { recursive: true })
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
    main: string
    icons: { path: string; scale: number[] }[]
    entrypoints: { icons: { path: string; scale: number[] }[] }[]
  }
  assert.ok(files.includes(manifest.main))
  const page = await readFile(join(folder, manifest.main), 'utf8')
  for (const [, name] of page.matchAll(/(?:src|href)="([^"]+)"/g)) assert.ok(files.includes(name ?? ''), name)
  for (const { path, scale } of [...manifest.icons, ...manifest.entrypoints.flatMap(({ icons }) => icons)]) {
    for (const factor of scale) assert.ok(files.includes(path.replace('.png', `@${factor}x.png`)), path)
  }
})
