import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { UXP_LACKS, uxpGlobals } from '../../plugin/studio/double/globals.ts'
import { photoshopWith, settled } from './bench.ts'

const ROOT = {} as HTMLElement

test('require knows two names, with or without adobe: before them', () => {
  const host = photoshopWith()
  assert.equal(host.require('photoshop'), host.photoshop)
  assert.equal(host.require('adobe:uxp'), host.uxp)
  for (const name of ['fs/promises', 'child_process', 'react', 'constructor'])
    assert.throws(() => host.require(name), /Module not found/)
})

test('a panel is created and shown once, however often it is opened', async () => {
  const host = photoshopWith()
  const calls: string[] = []
  host.uxp.entrypoints.setup({
    panels: { main: { create: () => calls.push('create'), show: () => calls.push('show') } },
  })
  assert.deepEqual(host.controls.panels(), ['main'])
  await host.controls.openPanel('main', ROOT)
  await host.controls.openPanel('main', ROOT)
  assert.deepEqual(calls, ['create', 'show'])
  await assert.rejects(host.controls.openPanel('other', ROOT), /"other"/)
})

test('a panel that does not settle in 300 ms is an error', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const host = photoshopWith()
    host.uxp.entrypoints.setup({ panels: { main: { create: () => new Promise(() => undefined) } } })
    const opening = assert.rejects(host.controls.openPanel('main', ROOT), /did not settle in 300 ms/)
    await settled()
    mock.timers.tick(300)
    await opening
  } finally {
    mock.timers.reset()
  }
})

test('entry points are set up once', () => {
  const host = photoshopWith()
  host.uxp.entrypoints.setup({})
  assert.throws(() => host.uxp.entrypoints.setup({}), /only once/)
  host.controls.switches.secondSetupThrows = false
  host.uxp.entrypoints.setup({})
})

test('secureStorage gives bytes back, whatever it was given, and can have lost them', async () => {
  const { uxp, controls } = photoshopWith()
  const { secureStorage } = uxp.storage
  await secureStorage.setItem('token', 'über')
  assert.deepEqual(await secureStorage.getItem('token'), new TextEncoder().encode('über'))
  await secureStorage.setItem('token', Uint8Array.of(0, 255))
  assert.deepEqual(await secureStorage.getItem('token'), Uint8Array.of(0, 255))
  await assert.rejects(secureStorage.setItem('token', 7), TypeError)
  controls.switches.secureStorageLost = true
  assert.equal(await secureStorage.getItem('token'), null)
  controls.switches.secureStorageLost = false
  await secureStorage.removeItem('token')
  assert.equal(await secureStorage.getItem('token'), null)
})

test('files are written in the data and temporary folders, not in the plugin’s own', async () => {
  const { localFileSystem, formats } = photoshopWith().uxp.storage
  const folder = await localFileSystem.getTemporaryFolder()
  const file = await folder.createFile('a.bin')
  await file.write(Uint8Array.of(1, 2).buffer, { format: formats.binary })
  assert.deepEqual(new Uint8Array((await file.read({ format: formats.binary })) as ArrayBuffer), Uint8Array.of(1, 2))
  await assert.rejects(file.write('text', { format: formats.binary }), TypeError)
  await assert.rejects(folder.createFile('a.bin'), /exists/)
  await folder.createFile('a.bin', { overwrite: true })
  await file.delete()
  assert.deepEqual(await folder.getEntries(), [])
  await assert.rejects((await localFileSystem.getPluginFolder()).createFile('x'), /read-only/)
  assert.notEqual(localFileSystem.createSessionToken(file), localFileSystem.createSessionToken(file))
})

test('openPath answers with words unless manifest and user allow it, and needs the permission', async () => {
  const launchProcess = { schemes: ['https'], extensions: ['.app', ''] }
  const { uxp, controls } = photoshopWith({ launchProcess })
  assert.equal(await uxp.shell.openPath('/x/Companion.app'), '')
  assert.equal(await uxp.shell.openPath('/bin/ls'), '')
  assert.match(await uxp.shell.openPath('/x/run.exe'), /manifest/)
  assert.equal(await uxp.shell.openExternal('https://example.com'), '')
  assert.match(await uxp.shell.openExternal('file:///etc'), /manifest/)
  controls.switches.openPathDenied = true
  assert.match(await uxp.shell.openPath('/x/Companion.app'), /denied/)
  assert.equal(controls.launches.length, 6)
  await assert.rejects(photoshopWith().uxp.shell.openPath('/x/y.app'), /launchProcess/)
})

test('the globals of UXP hold nothing that UXP lacks', () => {
  const globals = uxpGlobals(globalThis)
  for (const name of UXP_LACKS) assert.equal(globals[name], undefined, name)
  assert.equal(globals['devicePixelRatio'], 1)
  const crypto = globals['crypto'] as Crypto
  assert.equal(crypto.getRandomValues(new Uint8Array(4)).length, 4)
  assert.equal('subtle' in crypto, false)
})
