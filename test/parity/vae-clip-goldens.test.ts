/** Do the autoencoder and the CLIP towers compute what diffusers and transformers compute from the same weights? */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { Graph, type GraphOptions } from '../../companion/graph/graph.ts'
import { clipText, clipTextGraph, tokenEmbeddings, type ClipTextConfig } from '../../companion/networks/clip-text.ts'
import { clipVisionGraph } from '../../companion/networks/clip-vision.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../companion/networks/vae.ts'
import { readRows } from '../../companion/weights/read.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { openLedger } from '../../companion/weights/weights.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { assertClose } from '../support/close.ts'
import { TE1, TE2, TVAE, VISION } from '../support/golden-networks.ts'
import { row, runOnce } from '../support/golden-runs.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashTensor, hashWeights } from '../support/hash-weights.ts'

const TOLERANCE = 1e-5
const { golden, unasked } = openGoldens('towers')
const made = hashWeights()
after(() => made.dispose())

const WORDS = [998, 5, 17, 300, 42, 999]
const END = WORDS.indexOf(999)

/** All the goldens name of a text tower. */
async function textTower(name: string, config: ClipTextConfig, padding: number, options: GraphOptions) {
  const w = made.weights.at(name)
  const ids = [...WORDS, ...Array<number>(77 - WORDS.length).fill(padding)]
  const g = new Graph(name, options)
  const { hiddenStates, finalNorm } = clipText(g.input('embeddings', [77, config.hiddenSize]), w, config)
  g.output('last', finalNorm(hiddenStates.at(-1)!))
  g.output('penultimate', hiddenStates.at(-2)!)
  const embeddings = { shape: [77, config.hiddenSize], data: readRows(tokenEmbeddings(w, config), ids) }
  const { last, penultimate } = await runOnce(g, { embeddings })
  return { last: last!.data, penultimate: penultimate!.data, embeddings, w }
}

for (const attention of ['fused', 'decomposed'] as const) {
  describe(`with ${attention} attention`, () => {
    const options: GraphOptions = { attention }

    test('the autoencoder decodes', async () => {
      const graph = vaeDecoderGraph(made.weights, TVAE, { height: 8, width: 8 }, options)
      const { picture } = await runOnce(graph, { latents: { shape: [1, 4, 8, 8], data: hashInput('in:z', 4 * 8 * 8) } })
      const { shape, data } = golden('TVAE decode(in:z 1x4x8x8)')
      assert.deepEqual(picture!.shape, shape)
      // The golden holds the first 4096 of 12288 numbers.
      assertClose('picture', picture!.data.subarray(0, data.length), data, TOLERANCE)
    })

    test('the autoencoder encodes', async () => {
      const graph = vaeEncoderGraph(made.weights, TVAE, { height: 64, width: 64 }, options)
      const picture = { shape: [1, 3, 64, 64], data: hashInput('in:img', 3 * 64 * 64, 1) }
      const { mean, deviation } = await runOnce(graph, { picture })
      assertClose('mean', mean!.data, golden('TVAE encode mean').data, TOLERANCE)
      assertClose('deviation', deviation!.data, golden('TVAE encode std').data, TOLERANCE)
    })

    test('the deviation is limited', async () => {
      const size = { height: 64, width: 64 }
      const asked = hashWeights()
      vaeEncoderGraph(asked.weights, TVAE, size, options)
      asked.dispose()
      const loud = [...asked.tensors.values()].map(({ name, shape }) => {
        const data = hashTensor(name, shape)
        return [name, { shape, data: name === 'quant_conv.weight' ? data.map((value) => 1000 * value) : data }] as const
      })
      const file = join(mkdtempSync(join(tmpdir(), 'imprint-loud-')), 'vae.safetensors')
      await writeSafetensors(file, Object.fromEntries(loud))
      const ledger = openLedger(openSafetensors(file).tensors, file)
      const graph = vaeEncoderGraph(ledger.weights, TVAE, size, options)
      ledger.finish()
      const { deviation } = await runOnce(graph, {
        picture: { shape: [1, 3, 64, 64], data: hashInput('in:img', 3 * 64 * 64, 1) },
      })
      rmSync(dirname(file), { recursive: true })
      // diffusers limits the log variance to -30 and 20.
      const logs = deviation!.data.map((value) => 2 * Math.log(value))
      assertClose('limits', [Math.min(...logs), Math.max(...logs)], [-30, 20], 1e-4)
    })

    test("OpenAI's text tower", async () => {
      const { last, penultimate, embeddings, w } = await textTower('te1', TE1, 999, options)
      assertClose('last', last, golden('te1 last_hidden_state').data, TOLERANCE)
      assertClose('penultimate', penultimate, golden('te1 hidden_states[-2]').data, TOLERANCE)
      assertClose('pooled', row(last, END, [24]).data, golden('te1 pooler_output').data, TOLERANCE)
      const { states } = await runOnce(clipTextGraph(w, TE1, 0, options), { embeddings })
      assert.deepEqual(states!.data, last)
    })

    test("OpenCLIP's text tower", async () => {
      const { penultimate, embeddings, w } = await textTower('te2', TE2, 0, options)
      assertClose('penultimate', penultimate, golden('te2 hidden_states[-2]').data, TOLERANCE)
      const end = { shape: [1, 77], data: Float32Array.from({ length: 77 }, (_, i) => Number(i === END)) }
      const { embeds } = await runOnce(clipTextGraph(w, TE2, 0, options), { embeddings, end })
      assertClose('embeds', embeds!.data, golden('te2 text_embeds').data, TOLERANCE)
    })

    test('both text towers side by side', async () => {
      const first = await textTower('te1', TE1, 999, options)
      const second = await textTower('te2', TE2, 0, options)
      const both = Array.from({ length: 77 }, (_, n) => [
        ...row(first.penultimate, n, [24]).data,
        ...row(second.penultimate, n, [32]).data,
      ]).flat()
      const { data } = golden('SDXL prompt_embeds = cat(te1[-2],te2[-2])')
      assertClose('states', both.slice(0, data.length), data, TOLERANCE)
    })

    test('the vision tower, and what it makes of nothing', async () => {
      const graph = clipVisionGraph(made.weights.at('iv'), VISION, options)
      const shape = [1, 3, 224, 224]
      const seen = await runOnce(graph, { pixels: { shape, data: hashInput('in:pixels', 3 * 224 * 224, 1) } })
      assertClose('embeds', seen['image_embeds']!.data, golden('iv image_embeds').data, TOLERANCE)
      const { data } = golden('iv hidden_states[-2]')
      assertClose('penultimate', seen['penultimate']!.data.subarray(0, data.length), data, TOLERANCE)

      const nothing = await runOnce(graph, { pixels: { shape, data: new Float32Array(3 * 224 * 224) } })
      const zeros = golden('iv hidden_states[-2] of zero pixel_values').data
      assertClose('of zeros', nothing['penultimate']!.data.subarray(0, zeros.length), zeros, TOLERANCE)
    })
  })
}

test('no golden is left out', () => assert.deepEqual(unasked(), []))
