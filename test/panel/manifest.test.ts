import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as z from 'zod'
import { PANEL_ID } from '../../plugin/host/panel-id.ts'
import { DEFAULT_PORT } from '../../shared/protocol.ts'

const root = join(import.meta.dirname, '../..')
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'))

const size = z.strictObject({ width: z.number().int(), height: z.number().int() })
const icon = z.strictObject({
  width: z.number().int(),
  height: z.number().int(),
  path: z.string().regex(/^[\w/-]+\.png$/),
  scale: z.array(z.number()),
  theme: z.array(z.enum(['darkest', 'dark', 'medium', 'light', 'lightest', 'all'])),
  species: z.array(z.enum(['generic', 'toolbar', 'pluginList'])),
})

/** The fields of a version 5 manifest that Imprint uses, after Adobe's rules for them. */
const manifestSchema = z.strictObject({
  manifestVersion: z.literal(5),
  id: z.string().regex(/^[\w.-]+$/),
  name: z.string().min(3).max(45),
  version: z.string().regex(/^\d{1,2}\.\d{1,2}\.\d{1,2}$/),
  main: z.string().endsWith('.html'),
  host: z.strictObject({
    app: z.literal('PS'),
    minVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
    data: z.strictObject({ apiVersion: z.literal(2) }),
  }),
  entrypoints: z.array(
    z.strictObject({
      type: z.literal('panel'),
      id: z.string(),
      label: z.strictObject({ default: z.string() }),
      minimumSize: size,
      maximumSize: size,
      preferredDockedSize: size,
      preferredFloatingSize: size,
      icons: z.array(icon).min(1),
    }),
  ),
  icons: z.array(icon).min(1),
  requiredPermissions: z.strictObject({
    network: z.strictObject({ domains: z.array(z.url()) }),
    clipboard: z.enum(['read', 'readAndWrite']),
    localFileSystem: z.enum(['plugin', 'request', 'fullAccess']),
  }),
})

const manifest = manifestSchema.parse(read('manifest.json'))

test('the manifest and the package have the same version', () => {
  const { version } = z.object({ version: z.string() }).parse(read('package.json'))
  assert.equal(manifest.version, version)
})

test('the manifest names the panel that the code sets up', () => {
  assert.deepEqual(
    manifest.entrypoints.map(({ id }) => id),
    [PANEL_ID],
  )
})

test('the manifest lets the panel reach the companion’s port by name and by number, and nothing else', () => {
  assert.deepEqual(manifest.requiredPermissions.network.domains, [
    `ws://localhost:${DEFAULT_PORT}`,
    `ws://127.0.0.1:${DEFAULT_PORT}`,
  ])
})

test('the panel may be as narrow as 240 pixels, and its icons serve every theme', () => {
  const [panel] = manifest.entrypoints
  assert.equal(panel?.minimumSize.width, 240)
  const themes = panel.icons.flatMap(({ theme }) => theme).sort()
  assert.deepEqual(themes, ['dark', 'darkest', 'light', 'lightest', 'medium'])
})
