/**
 * Do Stable Diffusion 1.5, SDXL and the image encoders of adapters open at full size as their folders are published, every
 * tensor used once, and do their graphs make what they should? The weights are holes in the disk; nothing is run.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Graph } from '../../companion/graph/graph.ts'
import { openCheckpoint } from '../../companion/models/checkpoint.ts'
import { openImageEncoder } from '../../companion/models/image-encoder.ts'
import { clipTextGraph, clipTextPenultimateGraph, tokenEmbeddings } from '../../companion/networks/clip-text.ts'
import { clipVisionGraph } from '../../companion/networks/clip-vision.ts'
import { textKeysValuesGraph, timeGraph } from '../../companion/networks/unet-conditioning.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../companion/networks/vae.ts'
import type { Ledger, Weights } from '../../companion/weights/weights.ts'
import { countedWeights } from '../support/counted-weights.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { SD15_SIZES, SDXL_SIZES, unetFolderShapes, vaeFolderShapes } from '../support/diffusers-shapes.ts'
import { fixture } from '../support/golden.ts'
import { writeHollow } from '../support/hollow-files.ts'
import { clipTextShapes, clipVisionShapes, type Shapes } from '../support/original-shapes.ts'
import { SD15_FOLDER, SDXL_FOLDER, VISION_CONFIGS } from '../support/published-configs.ts'

const folder = temporaryFolder()
after(() => folder.dispose())
const OPTIONS = { attention: 'fused' } as const

/** Writes configurations, and weights of full size that take no room. */
function publish(name: string, configs: Readonly<Record<string, object>>, weights: Readonly<Record<string, Shapes>>) {
  const root = join(folder.path, name)
  for (const [file, config] of Object.entries(configs)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), JSON.stringify(config))
  }
  for (const [file, shapes] of Object.entries(weights)) writeHollow(join(root, file), shapes)
  return root
}

/** A model's folder; what words it knows is no matter here. */
function publishModel(...[name, configs, weights]: Parameters<typeof publish>): string {
  const root = publish(name, configs, weights)
  for (const tokenizer of ['tokenizer', 'tokenizer_2'])
    cpSync(fixture('models', 'diffusers', 'tiny15', 'tokenizer'), join(root, tokenizer), { recursive: true })
  return root
}

const shapesOf = (values: Graph['inputs']): Record<string, readonly number[]> =>
  Object.fromEntries([...values].map(([name, { shape }]) => [name, shape]))

/** Fails unless building uses all of these tensors, and each of them once. */
function usesEachOnce({ weights }: Ledger, shapes: Shapes, build: (w: Weights) => void): void {
  const counted = countedWeights(weights)
  build(counted.weights)
  const once = Object.keys(shapes).map((name) => [name, 1] as const)
  assert.deepEqual(new Map([...counted.uses].sort()), new Map(once.sort()))
}

/** How many tensors there are, and how many numbers in them. */
const size = ({ tensors }: Ledger): [tensors: number, numbers: number] => {
  const counts = [...tensors.values()].map(({ shape }) => shape.reduce((product, dim) => product * dim, 1))
  return [tensors.size, counts.reduce((sum, count) => sum + count, 0)]
}

const openAiText = clipTextShapes()
const openClipText: Shapes = { ...clipTextShapes(1280, 32), 'text_projection.weight': [1280, 1280] }

/** The names that Stable Diffusion 1.5's own folder has for the autoencoder's attentions, as diffusers had until 2023. */
const OLD = { to_q: 'query', to_k: 'key', to_v: 'value', 'to_out.0': 'proj_attn' }
const withOldAttention = (shapes: Shapes): Shapes =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const now = Object.keys(OLD).find((part) => name.includes(`attentions.0.${part}.`)) as
        keyof typeof OLD | undefined
      return [now ? name.replace(now, OLD[now]) : name, shape]
    }),
  )

const SD15 = {
  side: 64,
  unet: unetFolderShapes(SD15_SIZES),
  root: publishModel('sd15', SD15_FOLDER, {
    'unet/diffusion_pytorch_model.safetensors': unetFolderShapes(SD15_SIZES),
    'vae/diffusion_pytorch_model.safetensors': withOldAttention(vaeFolderShapes()),
    // Older saves keep the positions as well.
    'text_encoder/model.safetensors': { ...openAiText, 'text_model.embeddings.position_ids': [1, 77] },
  }),
}

const SDXL = {
  side: 128,
  unet: unetFolderShapes(SDXL_SIZES),
  root: publishModel('sdxl', SDXL_FOLDER, {
    'unet/diffusion_pytorch_model.fp16.safetensors': unetFolderShapes(SDXL_SIZES),
    'vae/diffusion_pytorch_model.fp16.safetensors': vaeFolderShapes(),
    'text_encoder/model.fp16.safetensors': openAiText,
    'text_encoder_2/model.fp16.safetensors': openClipText,
  }),
}

for (const [name, { root, side, unet: shapes }] of Object.entries({ SD15, SDXL })) {
  describe(name, () => {
    const { unet, vae } = openCheckpoint(root)
    const latents = { width: side, height: side }
    const picture = [1, 3, 8 * side, 8 * side]

    test('as many tensors and numbers as were published', () => {
      assert.deepEqual(size(unet.ledger), name === 'SD15' ? [686, 859_520_964] : [1680, 2_567_463_684])
      assert.deepEqual(size(vae.ledger), [248, 83_653_863])
    })

    test('the UNet uses each tensor once', () => {
      usesEachOnce(unet.ledger, shapes, (w) => {
        timeGraph(w, unet.config, OPTIONS)
        textKeysValuesGraph(w, unet.config, 77, OPTIONS)
        unetGraph(w, unet.config, { ...latents, textTokens: 77, imageTokens: [] }, OPTIONS)
      })
    })

    test('the autoencoder uses each tensor once, and doubles three times', () => {
      usesEachOnce(vae.ledger, vaeFolderShapes(), (w) => {
        const decoder = vaeDecoderGraph(w, vae.config, latents, OPTIONS)
        assert.deepEqual(shapesOf(decoder.inputs), { latents: [1, 4, side, side] })
        assert.deepEqual(shapesOf(decoder.outputs), { picture })
        const encoder = vaeEncoderGraph(w, vae.config, { width: 8 * side, height: 8 * side }, OPTIONS)
        assert.deepEqual(shapesOf(encoder.inputs), { picture })
        assert.deepEqual(shapesOf(encoder.outputs), { mean: [1, 4, side, side], deviation: [1, 4, side, side] })
      })
      assert.equal(vae.config.scalingFactor, name === 'SD15' ? 0.18215 : 0.13025)
    })

    test('the UNet predicts what it is given, and reads text and pictures in every cross-attention', () => {
      const shape = { ...latents, textTokens: 77, imageTokens: [4, 16] }
      const { inputs, outputs } = unetGraph(unet.ledger.weights, unet.config, shape, OPTIONS)
      assert.deepEqual(shapesOf(outputs), { prediction: [1, 4, side, side] })
      assert.deepEqual(inputs.get('sample')!.shape, [1, 4, side, side])
      const expected = Object.entries(shapes).flatMap(([tensor, [width = 0]]) => {
        const path = /^(.*)\.attn2\.to_k\.weight$/.exec(tensor)?.[1]
        return path === undefined
          ? []
          : [
              [`text.k.${path}`, 77],
              [`text.v.${path}`, 77],
              ...[4, 16].flatMap((tokens, r) => [
                [`image.${r}.k.${path}`, tokens],
                [`image.${r}.v.${path}`, tokens],
              ]),
            ].map(([input, tokens]) => [input, [tokens, width]])
      })
      const read = Object.entries(shapesOf(inputs)).filter(([input]) => /^(text|image\.\d+)\.[kv]\./.test(input))
      assert.equal(read.length, 6 * (name === 'SD15' ? 16 : 70))
      assert.deepEqual(Object.fromEntries(read), Object.fromEntries(expected))
      const told = shapesOf(timeGraph(unet.ledger.weights, unet.config, OPTIONS).inputs)
      assert.deepEqual(told, { sinusoid: [1, 320], ...(name === 'SDXL' && { added: [1, 2816] }) })
    })
  })
}

describe('text towers', () => {
  test("OpenAI's, which Stable Diffusion 1.5 reads to its end", () => {
    const [{ ledger, config }] = openCheckpoint(SD15.root).towers
    usesEachOnce(ledger, openAiText, (w) => {
      tokenEmbeddings(w, config)
      const { inputs, outputs } = clipTextGraph(w, config, 0, OPTIONS)
      assert.deepEqual(shapesOf(inputs), { embeddings: [77, 768] })
      assert.deepEqual(shapesOf(outputs), { states: [77, 768] })
    })
    const { 'text_model.embeddings.position_ids': ids, ...published } = Object.fromEntries(ledger.tensors)
    assert.deepEqual([ids!.shape, Object.keys(published).length], [[1, 77], Object.keys(openAiText).length])
    assert.equal(size({ ...ledger, tensors: new Map(Object.entries(published)) })[1], 123_060_480)
  })

  test("SDXL's two, side by side 2048 wide, and OpenCLIP's alone sums up the prompt", () => {
    const { towers, family } = openCheckpoint(SDXL.root)
    assert.equal(family, 'sdxl')
    const outputs = towers.map(({ ledger, config }) =>
      shapesOf(clipTextPenultimateGraph(ledger.weights, config, 0, OPTIONS).outputs),
    )
    assert.deepEqual(outputs, [{ states: [77, 768] }, { states: [77, 1280], embeds: [1, 1280] }])
    const { ledger, config } = towers[1]!
    usesEachOnce(ledger, openClipText, (w) => {
      tokenEmbeddings(w, config)
      clipTextPenultimateGraph(w, config, 0, OPTIONS)
    })
    assert.deepEqual(
      towers.map(({ ledger: { tensors } }) => size({ ...ledger, tensors })[1]),
      [123_060_480, 694_659_840],
    )
  })
})

describe('image encoders', () => {
  const published: [
    name: keyof typeof VISION_CONFIGS,
    shapes: Shapes,
    width: number,
    embeds: number,
    numbers: number,
  ][] = [
    ['ViT-H', clipVisionShapes(1280, 32, 1024), 1280, 1024, 632_076_800],
    ['ViT-bigG', clipVisionShapes(1664, 48, 1280, 8192), 1664, 1280, 1_844_907_264],
    ['ViT-L', clipVisionShapes(1024, 24, 768), 1024, 768, 303_966_208],
  ]
  for (const [name, shapes, width, embeds, numbers] of published) {
    test(name, () => {
      const path = publish(name, { 'config.json': VISION_CONFIGS[name] }, { 'model.safetensors': shapes })
      const { ledger, config } = openImageEncoder({ path, isFolder: true })
      usesEachOnce(ledger, shapes, (w) => {
        const { inputs, outputs } = clipVisionGraph(w, config, OPTIONS)
        assert.deepEqual(shapesOf(inputs), { pixels: [1, 3, 224, 224] })
        assert.deepEqual(shapesOf(outputs), { image_embeds: [1, embeds], penultimate: [257, width] })
      })
      assert.equal(size(ledger)[1], numbers)
    })
  }
})
