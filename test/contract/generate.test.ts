import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CompanionEvent } from '../../plugin/client/companion.ts'
import { partName } from '../../shared/recipe-pictures.ts'
import { hashPicture } from '../../shared/picture-stream.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { collect, connect, countingSocket, plain, reaches, serve, temporaryHistory, within } from '../support/wire.ts'

const never = new AbortController().signal

function only<T extends CompanionEvent['type']>(events: CompanionEvent[], type: T) {
  return events.filter((event): event is Extract<CompanionEvent, { type: T }> => event.type === type)
}

describe('a picture from the panel to the companion and back', () => {
  it('arrives after queued, progress and previews, with the recipe under its own names', async (t) => {
    const engine = fakeEngine({ steps: 3 })
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')

    const fox = plain(40, 30, [250, 100, 0, 255])
    const recipe = { prompt: 'a house', references: [{ image: 'fox', weight: 0.5 }] }
    const events = await collect(companion.generate({ recipe, pictures: { fox } }, never))

    assert.equal(events[0]?.type, 'queued')
    assert.deepEqual(
      only(events, 'progress').map(({ phase, step, steps }) => [phase, step, steps]),
      [
        ['loading', 0, 0],
        ['encoding', 0, 0],
        ['denoising', 1, 3],
        ['denoising', 2, 3],
        ['denoising', 3, 3],
        ['decoding', 0, 0],
      ],
    )
    assert.ok(only(events, 'preview').length > 0)
    const result = events.at(-1)
    assert.ok(result?.type === 'result')
    assert.deepEqual(result.picture, plain(64, 64, [189, 114, 64]))
    assert.deepEqual(result.recipe, { ...recipe, size: [64, 64], steps: 3, seed: 1 })
    assert.deepEqual(result.runs, { unet: 3, 'vae-decoder': 1, 'clip-text': 1, 'clip-vision': 1 })

    const name = partName(hashPicture(fox))
    assert.deepEqual(engine.requests, [
      { recipe: { ...recipe, references: [{ image: name, weight: 0.5 }] }, pictures: { [name]: fox } },
    ])
  })

  it('says how near the picture came, if asked', async (t) => {
    const server = await serve()
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')

    const scored = async (request: { score?: boolean }) => {
      const events = await collect(companion.generate({ recipe: { prompt: '' }, pictures: {}, ...request }, never))
      return only(events, 'result')[0]?.score
    }
    assert.deepEqual(await scored({ score: true }), { reference: 0.8234 })
    assert.equal(await scored({ score: false }), undefined)
    assert.equal(await scored({}), undefined)
  })

  it('makes a rough picture if asked, neither shown on the way nor scored nor kept, with the whole recipe', async (t) => {
    const history = temporaryHistory()
    const engine = fakeEngine({ steps: 3 })
    const server = await serve({ engine, history })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')

    const request = { recipe: { prompt: '' }, pictures: {}, score: true }
    const rough = await collect(companion.generate({ ...request, quick: true }, never))
    assert.deepEqual(only(rough, 'preview'), [])
    assert.deepEqual(
      [rough.at(-1)].map((event) => event?.type === 'result' && [event.recipe.steps, event.score]),
      [[3, undefined]],
    )
    const kept = new Promise((resolve) => companion.onMade(resolve))
    await collect(companion.generate(request, never))
    await within('What is kept', kept)
    assert.deepEqual(
      engine.requests.map(({ quick }) => quick),
      [true, undefined],
    )
    const { earlier } = await companion.earlier.list({})
    assert.equal(earlier.length, 1)
  })

  it('sends the pixels of a reference once, however often the slider moves', async (t) => {
    const server = await serve()
    const { WebSocket, traffic } = countingSocket()
    const companion = connect(server.port, { WebSocket })
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')

    const fox = plain(1024, 1024, [250, 100, 0])
    for (const weight of [0.2, 0.6, 1]) {
      const recipe = { prompt: 'a house', references: [{ image: 'fox', weight }] }
      await collect(companion.generate({ recipe, pictures: { fox } }, never))
      assert.equal(traffic.binary, 3, `parts sent after weight ${weight}`)
    }
  })
})
