/** Do faces that come as numbers over the socket reach the engine as they are, and anything else not at all? */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LIMITS } from '../../shared/limits.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { openPaired } from '../support/raw-panel.ts'
import { serve } from '../support/wire.ts'

const recipe = { prompt: '', references: [{ embedding: 'ada' }] }
const generate = (faces: unknown) => ({ type: 'generate', job: 1, recipe, faces })
const rows = (count: number, numbers: number) => Array.from({ length: count }, () => Array<number>(numbers).fill(0.5))

describe('faces over the socket', () => {
  it('arrive as floats, a row each, as many and as long as there may be', async (t) => {
    for (const faces of [
      {
        ada: [
          [0.5, -2],
          [0.25, 1],
        ],
        eve: [[3]],
      },
      { ada: rows(LIMITS.faces, LIMITS.faceNumbers) },
    ]) {
      const engine = fakeEngine({ steps: 1 })
      const server = await serve({ engine })
      const panel = await openPaired(server.port)
      t.after(() => (panel.socket.terminate(), server.close()))
      panel.send(generate(faces))
      await panel.next('result')
      const floats = Object.entries(faces).map(([name, of]) => [name, of.map((row) => Float32Array.from(row))])
      assert.deepEqual(engine.requests, [{ recipe, pictures: {}, faces: Object.fromEntries(floats) as unknown }])
    }
  })

  for (const [what, faces] of [
    ['none under a name', { ada: [] }],
    ['a face of no numbers', { ada: [[]] }],
    ['too many faces', { ada: rows(LIMITS.faces + 1, 1) }],
    ['too many numbers', { ada: rows(1, LIMITS.faceNumbers + 1) }],
    ['words', { ada: [['a', 'b']] }],
    ['a face without a row', { ada: [0.5, 0.5] }],
    ['no name', { '': [[1]] }],
    ['a name that goes on and on', { ['a'.repeat(201)]: [[1]] }],
    ['a list instead of names', [[[1]]]],
  ] as const) {
    it(`are refused: ${what}`, async (t) => {
      const engine = fakeEngine()
      const server = await serve({ engine })
      const panel = await openPaired(server.port)
      t.after(() => server.close())
      panel.send(generate(faces))
      const { code, error } = await panel.closed()
      assert.deepEqual([code, error?.code], [4400, 'message-invalid'])
      assert.deepEqual(engine.requests, [])
    })
  }

  it('are refused: a number too large to be one', async (t) => {
    const server = await serve()
    const panel = await openPaired(server.port)
    t.after(() => server.close())
    panel.send(JSON.stringify(generate({ ada: [[1]] })).replace('[[1]]', '[[1e999]]'))
    assert.equal((await panel.closed()).code, 4400)
  })
})
