import assert from 'node:assert/strict'
import { it } from 'node:test'
import { connect, reaches, serve, temporaryHistory } from '../support/wire.ts'

it('a panel hears what the companion has to work with, but only once they are paired', async (t) => {
  const server = await serve({ folders: () => ['/models', '/starter'], history: temporaryHistory(5e6) })
  const companion = connect(server.port)
  t.after(() => (companion.close(), server.close()))
  await assert.rejects(companion.about(), { code: 'companion-absent' })
  await reaches(companion, 'ready')
  const [{ folders, memory, space }, second] = await Promise.all([companion.about(), companion.about()])
  assert.deepEqual(folders, ['/models', '/starter'])
  assert.ok(memory.free > 0 && memory.free <= memory.total)
  assert.deepEqual(space, { pictures: 0, bytes: 0, quota: 5e6 })
  assert.deepEqual(second.folders, folders)
})

it('who asks while the connection ends hears that the companion went', async (t) => {
  const server = await serve()
  const companion = connect(server.port)
  t.after(() => companion.close())
  await reaches(companion, 'ready')
  const asked = companion.about()
  companion.close()
  await assert.rejects(asked, { code: 'cancelled' })
  await server.close()
})
