/** Is a picture decoded in tiles the picture decoded at once, at the seams and everywhere else? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { decodeBytes, decodeLatents } from '../../companion/jobs/tiled-decode.ts'
import { cut, ownRows, tilesOver } from '../../companion/jobs/tiles.ts'
import type { Part } from '../../companion/models/part.ts'
import { readVaeConfig } from '../../companion/models/config.ts'
import { openFolderWeights } from '../../companion/models/part.ts'
import { vaeEncoderGraph, type VaeConfig } from '../../companion/networks/vae.ts'
import { openLedger } from '../../companion/weights/weights.ts'
import { assertClose } from '../support/close.ts'
import { scene } from '../support/drawn.ts'
import { TVAE } from '../support/golden-networks.ts'
import { runOnce } from '../support/golden-runs.ts'
import { fixture } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

/** Rounding alone: tiles share the statistics of the whole. */
const TOLERANCE = 5e-5
const OPTIONS = { attention: 'fused' } as const

function folder(path: string): Part<VaeConfig> {
  return { ...openFolderWeights(path, 'diffusion_pytorch_model'), config: readVaeConfig(join(path, 'config.json')) }
}

const made = hashWeights()
after(() => made.dispose())
const hashed: Part<VaeConfig> = {
  config: TVAE,
  identity: 'hashed',
  ledger: { ...openLedger(new Map(), 'hashed'), weights: made.weights },
}
const starter = join(import.meta.dirname, '..', '..', 'companion', 'starter', 'models', 'starter', 'vae')

/** Latents of a drawn picture, as a model would make them. */
async function drawnLatents({ config, ledger }: Part<VaeConfig>, width: number, height: number) {
  const { data } = scene(width, height)
  const plane = width * height
  const pixels = Float32Array.from(
    { length: 3 * plane },
    (_, i) => data[3 * (i % plane) + Math.floor(i / plane)]! / 127.5 - 1,
  )
  const graph = vaeEncoderGraph(ledger.weights, config, { width, height }, OPTIONS)
  return (await runOnce(graph, { picture: { shape: [1, 3, height, width], data: pixels } }))['mean']!
}

const noise = (height: number, width: number) => ({
  shape: [1, 4, height, width],
  data: hashInput('in:z', 4 * height * width),
})

for (const { name, open, latents, share } of [
  { name: 'random weights and noise', open: () => hashed, latents: () => Promise.resolve(noise(29, 40)), share: 4 },
  {
    name: 'random weights and a picture, in two tiles',
    open: () => hashed,
    latents: () => drawnLatents(hashed, 320, 176),
    share: 1.5,
  },
  {
    name: "the fixtures' autoencoder",
    open: () => folder(fixture('models', 'diffusers', 'tiny15', 'vae')),
    latents: () => Promise.resolve(noise(32, 32)),
    share: 3,
  },
  {
    name: "the starter's autoencoder and a picture",
    open: () => folder(starter),
    latents: () => drawnLatents(folder(starter), 256, 256),
    share: 4,
  },
]) {
  describe(name, () => {
    const networks = createNetworks('cpu', OPTIONS)
    let whole: Awaited<ReturnType<typeof decodeLatents>>
    let tiled: typeof whole
    let counts: Record<string, number>
    before(async () => {
      const vae = open()
      const given = await latents()
      const scale = 2 ** (vae.config.widths.length - 1)
      const bytes = decodeBytes(vae.config, { width: scale * given.shape[3]!, height: scale * given.shape[2]! })
      whole = await decodeLatents(networks, vae, given, bytes)
      assert.deepEqual(networks.takeCounts(), { 'vae-decoder': 1 })
      tiled = await decodeLatents(networks, vae, given, bytes / share)
      counts = networks.takeCounts()
    })

    test('the same picture', () => {
      assert.deepEqual(tiled.shape, whole.shape)
      assertClose('picture', tiled.data, whole.data, TOLERANCE)
    })

    test('in tiles', () => {
      assert.equal(counts['vae-trunk'], 1)
      assert.equal(counts['vae-decoder'], undefined)
      assert.ok(counts['vae-tail']! >= 2 * 6, `${counts['vae-tail']} runs`)
    })
  })
}

describe('tiles', () => {
  for (const [width, height, tile, reach] of [
    [40, 29, 16, 4],
    [17, 64, 17, 3],
    [100, 31, 13, 6],
    [16, 16, 16, 4],
  ] as const) {
    test(`of ${tile} over ${width} x ${height} with ${reach} around`, () => {
      const size = { width, height }
      const side = { width: Math.min(tile, width), height: Math.min(tile, height) }
      const picture = {
        shape: [1, 2, height, width],
        data: Float32Array.from({ length: 2 * width * height }, (_, i) => i),
      }
      const written = new Uint8Array(picture.data.length)
      for (const one of tilesOver(size, side, reach)) {
        for (const [{ start, from, to }, length, along] of [
          [one.x, side.width, width],
          [one.y, side.height, height],
        ] as const) {
          assert.ok(start >= 0 && start + length <= along && from < to)
          assert.ok(from === 0 || from - start >= reach, 'too near its beginning')
          assert.ok(to === along || start + length - to >= reach, 'too near its end')
        }
        const part = cut(picture, one, side)
        ownRows(one, part.shape, 1, size, (_, from, into, length) => {
          for (let i = 0; i < length; i++) {
            assert.equal(part.data[from + i], picture.data[into + i])
            written[into + i]! += 1
          }
        })
      }
      assert.ok(written.every((times) => times === 1))
    })
  }

  test('too small for what they look at', () => {
    assert.throws(() => tilesOver({ width: 40, height: 8 }, { width: 8, height: 8 }, 4), RangeError)
    assert.throws(() => tilesOver({ width: 4, height: 8 }, { width: 8, height: 8 }, 1), RangeError)
  })
})
