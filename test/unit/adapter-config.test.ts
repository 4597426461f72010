/** Is every published IP-Adapter, at its full size, known for what it is, and does its graph use each tensor once? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { count } from '../../companion/graph/graph.ts'
import { openAdapter, readAdapterConfig } from '../../companion/models/adapter.ts'
import { ipAdapterGraph } from '../../companion/networks/ip-adapter.ts'
import { adapterReads } from '../../companion/networks/ip-adapter/config.ts'
import { crossAttentions, unetLayout } from '../../companion/networks/unet-layout.ts'
import type { Weights } from '../../companion/weights/weights.ts'
import {
  adapterKeys,
  adapterShapes,
  faceLora,
  projectionShapes,
  trainedAdapterShapes,
  type AdapterVariant,
  type Family,
} from '../support/adapter-shapes.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { T15 } from '../support/golden-networks.ts'
import { fixture } from '../support/golden.ts'
import { writeHollow } from '../support/hollow-files.ts'
import type { Shapes } from '../support/original-shapes.ts'
import { SD15_UNET, SDXL_UNET } from '../support/published-unets.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const UNETS = { sd15: SD15_UNET, sdxl: SDXL_UNET }
const OPTIONS = { attention: 'fused' } as const

const numbers = (shapes: Shapes): number => Object.values(shapes).reduce((sum, shape) => sum + count(shape), 0)

/** A file of those tensors, hollow. */
function hollow(name: string, shapes: Shapes): string {
  const path = join(folder.path, `${name}.safetensors`)
  writeHollow(path, shapes)
  return path
}

/** Counts how often each tensor is asked for. */
function counting(): { weights: Weights; asked: Map<string, { shape: readonly number[]; times: number }> } {
  const asked = new Map<string, { shape: readonly number[]; times: number }>()
  const scope = (prefix: string): Weights => ({
    at: (...path) => scope(`${prefix}${path.join('.')}.`),
    has: () => true,
    branches: () => [],
    get(name, shape) {
      const key = prefix + name
      asked.set(key, { shape, times: (asked.get(key)?.times ?? 0) + 1 })
      return { name: key, dtype: 'F16', shape, file: key, offset: 0, bytes: 2 * count(shape) }
    },
  })
  return { weights: scope(''), asked }
}

/** What a published file is, how much room it takes in half precision, and what it is to be given. */
interface Published {
  readonly file: string
  readonly holds: [AdapterVariant, Family]
  readonly config: object
  readonly reads: [clip: 'embeds' | 'penultimate' | undefined, face: 'normed' | 'raw' | undefined]
  readonly megabytes: number
}

const SD15 = { width: 768 }
const SDXL = { width: 2048 }
const FACE = { faceWidth: 512, faceInner: 1024 }
const RESAMPLER15 = { tokens: 16, inner: 768, heads: 12, depth: 4 }
const RESAMPLER_XL = { tokens: 16, inner: 1280, heads: 20, depth: 4 }
const PERCEIVER15 = { tokens: 4, heads: 12, depth: 4, features: 1280 }
const PERCEIVER_XL = { tokens: 4, heads: 32, depth: 4, features: 1280 }

const PUBLISHED: readonly Published[] = [
  {
    file: 'ip-adapter_sd15',
    holds: ['base', 'sd15'],
    config: { kind: 'base', tokens: 4, ...SD15, features: 1024 },
    reads: ['embeds', undefined],
    megabytes: 44.6,
  },
  {
    file: 'ip-adapter_sd15_vit-G',
    holds: ['base of bigG', 'sd15'],
    config: { kind: 'base', tokens: 4, ...SD15, features: 1280 },
    reads: ['embeds', undefined],
    megabytes: 46.2,
  },
  {
    file: 'ip-adapter-plus-face_sd15',
    holds: ['plus', 'sd15'],
    config: { kind: 'plus', ...RESAMPLER15, ...SD15, features: 1280 },
    reads: ['penultimate', undefined],
    megabytes: 98.2,
  },
  {
    file: 'ip-adapter-full-face_sd15',
    holds: ['full', 'sd15'],
    config: { kind: 'full', tokens: 257, ...SD15, features: 1280 },
    reads: ['penultimate', undefined],
    megabytes: 43.6,
  },
  {
    file: 'ip-adapter_sdxl',
    holds: ['base of bigG', 'sdxl'],
    config: { kind: 'base', tokens: 4, ...SDXL, features: 1280 },
    reads: ['embeds', undefined],
    megabytes: 702.6,
  },
  {
    file: 'ip-adapter_sdxl_vit-h',
    holds: ['base', 'sdxl'],
    config: { kind: 'base', tokens: 4, ...SDXL, features: 1024 },
    reads: ['embeds', undefined],
    megabytes: 698.4,
  },
  {
    file: 'ip-adapter-plus_sdxl_vit-h',
    holds: ['plus', 'sdxl'],
    config: { kind: 'plus', ...RESAMPLER_XL, ...SDXL, features: 1280 },
    reads: ['penultimate', undefined],
    megabytes: 847.5,
  },
  {
    file: 'ip-adapter-faceid_sd15',
    holds: ['faceid', 'sd15'],
    config: { kind: 'faceid', tokens: 4, ...SD15, ...FACE },
    reads: [undefined, 'normed'],
    megabytes: 96.7,
  },
  {
    file: 'ip-adapter-faceid-plus_sd15',
    holds: ['faceid-plus', 'sd15'],
    config: { kind: 'faceid-plus', ...PERCEIVER15, ...SD15, ...FACE },
    reads: ['penultimate', 'normed'],
    megabytes: 156.5,
  },
  {
    file: 'ip-adapter-faceid-plusv2_sd15',
    holds: ['faceid-plus', 'sd15'],
    config: { kind: 'faceid-plusv2', ...PERCEIVER15, ...SD15, ...FACE },
    reads: ['penultimate', 'normed'],
    megabytes: 156.5,
  },
  {
    file: 'ip-adapter-faceid-portrait-v11_sd15',
    holds: ['portrait', 'sd15'],
    config: { kind: 'faceid', tokens: 16, ...SD15, ...FACE },
    reads: [undefined, 'normed'],
    megabytes: 64.6,
  },
  {
    file: 'ip-adapter-faceid_sdxl',
    holds: ['faceid', 'sdxl'],
    config: { kind: 'faceid', tokens: 4, ...SDXL, ...FACE },
    reads: [undefined, 'normed'],
    megabytes: 1071,
  },
  {
    file: 'ip-adapter-faceid-plusv2_sdxl',
    holds: ['faceid-plus', 'sdxl'],
    config: { kind: 'faceid-plusv2', ...PERCEIVER_XL, ...SDXL, ...FACE },
    reads: ['penultimate', 'normed'],
    megabytes: 1487,
  },
  {
    file: 'ip-adapter-faceid-portrait_sdxl',
    holds: ['portrait', 'sdxl'],
    config: { kind: 'faceid', tokens: 16, ...SDXL, ...FACE },
    reads: [undefined, 'normed'],
    megabytes: 750,
  },
  {
    file: 'ip-adapter-faceid-portrait_sdxl_unnorm',
    holds: ['instantid', 'sdxl'],
    config: { kind: 'instantid', ...RESAMPLER_XL, ...SDXL, faceWidth: 512 },
    reads: [undefined, 'raw'],
    megabytes: 846,
  },
]

describe('recognised as it is published, whole', () => {
  for (const { file, holds, config, reads, megabytes } of PUBLISHED) {
    test(file, () => {
      const shapes = adapterShapes(...holds)
      // The sizes of the published files, as far as they are told.
      assert.ok(
        Math.abs((2 * numbers(shapes)) / 1e6 - megabytes) < (megabytes > 1000 ? 1 : 0.6),
        `${2 * numbers(shapes)}`,
      )

      const path = hollow(file, shapes)
      const found = readAdapterConfig(path)
      assert.deepEqual(found, config)
      const { clip, face } = adapterReads(found)
      assert.deepEqual([clip, face], reads)

      const unet = UNETS[holds[1]]
      const rows = clip === 'penultimate' ? 257 : clip === 'embeds' ? 1 : 0
      assert.deepEqual(openAdapter(path, found, unet, rows).config, config)

      const { weights, asked } = counting()
      const graph = ipAdapterGraph(weights, found, crossAttentions(unetLayout(unet)), rows, OPTIONS)
      assert.deepEqual(
        [...asked].filter(([, { times }]) => times !== 1),
        [],
      )
      const own = Object.entries(shapes).filter(([name]) => !name.includes('_lora.'))
      assert.deepEqual(
        Object.fromEntries([...asked].map(([name, { shape }]) => [name, shape])),
        Object.fromEntries(own),
      )
      assert.deepEqual(graph.outputs.get('tokens')!.shape, [found.tokens, found.width])
      assert.deepEqual([...graph.inputs.keys()].sort(), [
        ...(face ? ['face'] : []),
        ...(clip ? ['features'] : []),
        ...(found.kind === 'faceid-plusv2' ? ['shortcut'] : []),
      ])
    })
  }
})

test('as many numbers as the published networks have', () => {
  const sums: [Shapes, number][] = [
    [adapterKeys('sd15'), 19_169_280],
    [adapterKeys('sdxl'), 340_787_200],
    [faceLora('sd15'), 25_509_888],
    [faceLora('sdxl'), 185_794_560],
    [projectionShapes('plus', 'sd15'), 29_918_208],
    [projectionShapes('plus', 'sdxl'), 82_961_664],
    [projectionShapes('faceid-plus', 'sd15'), 33_581_568],
    [projectionShapes('faceid-plus', 'sdxl'), 217_125_888],
    [projectionShapes('instantid', 'sdxl'), 81_978_624],
  ]
  for (const [shapes, expected] of sums) assert.equal(numbers(shapes), expected)
})

describe('other files', () => {
  test('as training leaves them are read under the published names', () => {
    const path = hollow('trained', trainedAdapterShapes('plus', 'sd15'))
    const config = readAdapterConfig(path)
    assert.equal(config.kind, 'plus')
    assert.deepEqual(openAdapter(path, config, SD15_UNET, 257).config, config)
  })

  for (const [name, kind, rows] of [
    ['ip-adapter-faceid_tiny15.bin', 'faceid', 0],
    ['ip-adapter-faceid-plusv2_tiny15.bin', 'faceid-plusv2', 257],
    ['ip-adapter-plus_tiny15.bin', 'plus', 257],
  ] as const) {
    test(`${name} is ${kind}`, () => {
      const path = fixture('models', 'ipadapter', name)
      const config = readAdapterConfig(path)
      assert.equal(config.kind, kind)
      openAdapter(path, config, T15, rows)
    })
  }

  const refused = (name: string, shapes: Shapes) =>
    assert.throws(() => readAdapterConfig(hollow(name, shapes)), {
      code: 'model-unsupported',
      message: `${name}.safetensors is no IP-Adapter that Imprint knows. Choose another adapter.`,
    })

  test('whose tokens or heads do not come out even are refused', () => {
    const whole = adapterShapes('plus', 'sd15')
    refused('heads', { ...whole, 'image_proj.layers.0.0.to_q.weight': [100, 768] })
    refused('tokens', { ...adapterShapes('base', 'sd15'), 'image_proj.proj.weight': [1000, 1024] })
    refused('flat', { ...whole, 'image_proj.proj_in.weight': [768] })
    refused('empty', { ...whole, 'ip_adapter.1.to_k_ip.weight': [320, 0] })
    refused('bare', adapterKeys('sd15'))
    refused('keys-alone', { 'ip_adapter.1.to_k_ip.weight': [320, 768] })
  })

  const damaged = (name: string, shapes: Shapes, says: RegExp) => {
    const path = hollow(name, shapes)
    assert.throws(() => openAdapter(path, readAdapterConfig(path), SD15_UNET, 257), {
      code: 'model-invalid',
      message: says,
    })
  }

  test('with one tensor more, fewer or misshapen are refused by its name', () => {
    const shapes = adapterShapes('faceid-plus', 'sd15')
    const last = 'image_proj.perceiver_resampler.layers.3.1.3.weight'
    const lacking = Object.fromEntries(Object.entries(shapes).filter(([name]) => name !== last))
    damaged(
      'lacking',
      lacking,
      /lacks the tensor "image_proj\.perceiver_resampler\.layers\.3\.1\.3\.weight" \[768, 3072\]/,
    )
    damaged('more', { ...shapes, 'image_proj.extra.weight': [1] }, /"image_proj\.extra\.weight" that/)
    damaged('misshapen', { ...shapes, 'image_proj.norm.bias': [767] }, /"image_proj\.norm\.bias" is \[767\]/)
  })

  test('that read no face bring no low-rank changes', () => {
    const shapes = { ...adapterShapes('plus', 'sd15'), 'ip_adapter.1.to_q_lora.up.weight': [320, 128] }
    damaged('lora', shapes, /"ip_adapter\.1\.to_q_lora\.up\.weight" that/)
  })
})
