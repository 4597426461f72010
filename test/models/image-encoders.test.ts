/** Is an image encoder in one file the one it would be as a folder, in either way of naming? */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { torchNoise } from '../../companion/diffusion/noise.ts'
import { findModels } from '../../companion/models/catalog.ts'
import { openImageEncoder } from '../../companion/models/image-encoder.ts'
import { clipVisionGraph } from '../../companion/networks/clip-vision.ts'
import { loadNetwork } from '../../companion/runtime/onnx.ts'
import type { Tensor, Tensors } from '../../companion/runtime/tensor.ts'
import { openClipVisionKeys } from '../../companion/weights/keys/clip.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { writeHollow } from '../support/hollow-files.ts'
import { clipVisionShapes, openClipVisionShapes, type Shapes } from '../support/original-shapes.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

describe('full size, from shapes alone', () => {
  const published: [
    variant: string,
    width: number,
    layers: number,
    projection: number,
    inner: number,
    quick: boolean,
  ][] = [
    ['vit-l', 1024, 24, 768, 4096, true],
    ['vit-h', 1280, 32, 1024, 5120, false],
    ['vit-bigg', 1664, 48, 1280, 8192, false],
  ]
  for (const [variant, width, layers, projection, inner, quick] of published) {
    test(variant, () => {
      const dims = [width, layers, projection, inner] as const
      const named: Record<string, Shapes> = {
        hugging: clipVisionShapes(...dims),
        openclip: openClipVisionShapes(...dims),
      }
      for (const [naming, shapes] of Object.entries(named)) {
        writeHollow(join(folder.path, 'misnamed.safetensors'), shapes)
        const [found] = findModels([folder.path])
        assert.deepEqual([found!.role, found!.variant, found!.missing], ['encoder', variant, undefined], naming)
        assert.deepEqual(openImageEncoder(found!).config, {
          hiddenSize: width,
          layers,
          heads: 16,
          intermediateSize: inner,
          activation: quick ? 'quick_gelu' : 'gelu',
          layerNormEps: 1e-5,
          imageSize: 224,
          patchSize: 14,
          projectionSize: projection,
        })
      }
    })
  }
})

describe('the same weights, small but as wide as ViT-B', () => {
  const [WIDTH, LAYERS, PROJECTION, INNER, PATCH, SIDE] = [768, 2, 16, 32, 32, 64]
  const noise = torchNoise(5)
  const drawn = (shape: readonly number[]): Tensor => {
    const data = noise.normal(shape.reduce((product, dim) => product * dim, 1))
    return { shape, data: data.map((value) => value * 0.05) }
  }
  const pixels = { shape: [1, 3, SIDE, SIDE], data: noise.normal(3 * SIDE * SIDE) }
  const look = async (path: string, isFolder: boolean): Promise<Tensors> => {
    const { ledger, config } = openImageEncoder({ path, isFolder })
    const network = await loadNetwork(clipVisionGraph(ledger.weights, config, { attention: 'fused' }), 'cpu')
    return network.run({ pixels }).finally(() => network.dispose())
  }
  const [whole, hugging, openClip, joined] = ['whole', 'hugging.bin', 'openclip.bin', 'joined.bin'].map((name) =>
    join(folder.path, name),
  ) as [string, string, string, string]
  let expected: Tensors

  before(async () => {
    const shapes: Shapes = {
      ...openClipVisionShapes(WIDTH, LAYERS, PROJECTION, INNER),
      'conv1.weight': [WIDTH, 3, PATCH, PATCH],
      positional_embedding: [(SIDE / PATCH) ** 2 + 1, WIDTH],
    }
    const original = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, drawn(shape)]))
    const translated = Object.fromEntries(
      Object.entries(original).flatMap(([name, tensor]) =>
        openClipVisionKeys(name)!.map((target) => [
          target.name,
          target.transposed ? turned(tensor) : third(tensor, target.third),
        ]),
      ),
    )
    mkdirSync(whole)
    await writeSafetensors(join(whole, 'model.safetensors'), translated)
    writeFileSync(
      join(whole, 'config.json'),
      JSON.stringify({
        hidden_size: WIDTH,
        num_hidden_layers: LAYERS,
        num_attention_heads: 12,
        intermediate_size: INNER,
        hidden_act: 'quick_gelu',
        image_size: SIDE,
        patch_size: PATCH,
        projection_dim: PROJECTION,
      }),
    )
    await writeSafetensors(hugging, {
      ...translated,
      'text_model.final_layer_norm.bias': drawn([16]),
      logit_scale: drawn([16]),
    })
    await writeSafetensors(openClip, original)
    const visual = Object.entries(original).map(([name, tensor]) => [`visual.${name}`, tensor] as const)
    await writeSafetensors(joined, { ...Object.fromEntries(visual), 'token_embedding.weight': drawn([9, 8]) })
    expected = await look(whole, true)
  })

  for (const [naming, path] of [
    ["Hugging Face's names, a text tower beside them", hugging],
    ["OpenCLIP's names", openClip],
    ["OpenCLIP's names with their prefix, a text tower beside them", joined],
  ] as const) {
    test(naming, async () => {
      const seen = await look(path, false)
      for (const [name, { data }] of Object.entries(expected)) assertClose(name, seen[name]!.data, data, 1e-5)
    })
  }

  test('a tower of a width that no published one has is refused in one sentence', () => {
    const path = join(folder.path, 'narrow.safetensors')
    writeHollow(path, clipVisionShapes(512, 2, 16))
    assert.throws(() => openImageEncoder({ path, isFolder: false }), {
      code: 'model-unsupported',
      message: /^narrow\.safetensors holds a network of sizes that no published model has\. /,
    })
  })

  test('whose positions make no square is refused', () => {
    const path = join(folder.path, 'oblong.safetensors')
    const positions = 'vision_model.embeddings.position_embedding.weight'
    writeHollow(path, { ...clipVisionShapes(1024, 2, 16), [positions]: [200, 1024] })
    assert.throws(() => openImageEncoder({ path, isFolder: false }), {
      code: 'model-unsupported',
      message: /^oblong\.safetensors holds a network of sizes that no published model has\. /,
    })
  })
})

function turned({ shape: [rows, columns], data }: Tensor): Tensor {
  const made = new Float32Array(data.length)
  for (let row = 0; row < rows!; row++)
    for (let column = 0; column < columns!; column++) made[column * rows! + row] = data[row * columns! + column]!
  return { shape: [columns!, rows!], data: made }
}

function third({ shape, data }: Tensor, part: number | undefined): Tensor {
  if (part === undefined) return { shape, data }
  const size = data.length / 3
  return { shape: [shape[0]! / 3, ...shape.slice(1)], data: data.slice(part * size, (part + 1) * size) }
}
