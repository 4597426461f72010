/** Does a file without any configuration, at full size, give networks that use each of its tensors once? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { inferTextTower, inferUNet, inferVae } from '../../companion/models/single-file-configs.ts'
import { checkTextTower } from '../../companion/models/text-tower.ts'
import { textKeysValuesGraph, timeGraph } from '../../companion/networks/unet-conditioning.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../companion/networks/vae.ts'
import { splitCheckpoint } from '../../companion/weights/keys/checkpoint.ts'
import { openWeightFile } from '../../companion/weights/weight-file.ts'
import { openLedger } from '../../companion/weights/weights.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'
import { writeHollow } from '../support/hollow-files.ts'
import { sd15Shapes, sdxlShapes } from '../support/original-shapes.ts'

const folder = temporaryFolder()
after(() => folder.dispose())
const OPTIONS = { attention: 'fused' } as const

for (const [family, shapes, side] of [
  ['sd15', sd15Shapes(), 64],
  ['sdxl', sdxlShapes(), 128],
] as const) {
  describe(family, () => {
    const path = join(folder.path, `${family}.safetensors`)
    writeHollow(path, shapes)
    const { parts } = splitCheckpoint(openWeightFile(path).tensors)

    test('as many tensors as were published', () => {
      assert.deepEqual([parts.unet.size, parts.vae.size], [family === 'sd15' ? 686 : 1680, 248])
    })

    test('the UNet', () => {
      const config = inferUNet(parts.unet, family)
      const ledger = openLedger(parts.unet, path)
      timeGraph(ledger.weights, config, OPTIONS)
      textKeysValuesGraph(ledger.weights, config, 77, OPTIONS)
      const size = { height: side, width: side, textTokens: 77, imageTokens: [] }
      const graph = unetGraph(ledger.weights, config, size, OPTIONS)
      assert.ok([...graph.outputs.values()].some(({ shape }) => shape.join() === [1, 4, side, side].join()))
      ledger.finish()
    })

    test('the autoencoder', () => {
      const config = inferVae(parts.vae, family)
      const ledger = openLedger(parts.vae, path)
      const decoder = vaeDecoderGraph(ledger.weights, config, { height: side, width: side }, OPTIONS)
      assert.ok([...decoder.outputs.values()].some(({ shape }) => shape.join() === [1, 3, 8 * side, 8 * side].join()))
      vaeEncoderGraph(ledger.weights, config, { height: 8 * side, width: 8 * side }, OPTIONS)
      ledger.finish()
      assert.equal(config.scalingFactor, family === 'sd15' ? 0.18215 : 0.13025)
    })

    test('the text towers', () => {
      const towers = family === 'sd15' ? (['textEncoder'] as const) : (['textEncoder', 'textEncoder2'] as const)
      const configs = towers.map((part) => {
        const config = inferTextTower(parts[part], part === 'textEncoder' ? 'openai' : 'openclip')
        return checkTextTower({ ledger: openLedger(parts[part], path), identity: part }, config).config
      })
      const [first, second] = configs
      assert.deepEqual([first!.heads, first!.layers, first!.activation], [12, 12, 'quick_gelu'])
      assert.equal(first!.projectionSize, undefined)
      if (second)
        assert.deepEqual(
          [second.heads, second.layers, second.activation, second.projectionSize],
          [20, 32, 'gelu', 1280],
        )
    })
  })
}

test('what leaves no trace in shapes', () => {
  const { parts } = splitCheckpoint(openWeightFile(join(folder.path, 'sdxl.safetensors')).tensors)
  const { heads, depths, added, linearProjection } = inferUNet(parts.unet, 'sdxl')
  assert.deepEqual(
    [heads, depths[1], depths[2], added, linearProjection],
    [[5, 10, 20], 2, 10, { timeWidth: 256, width: 2816 }, true],
  )
  const sd15 = splitCheckpoint(openWeightFile(join(folder.path, 'sd15.safetensors')).tensors)
  const { heads: eight, added: none, linearProjection: linear } = inferUNet(sd15.parts.unet, 'sd15')
  assert.deepEqual([eight, none, linear], [[8, 8, 8, 8], undefined, false])
})

test('sizes that no published model has are refused, for their heads cannot be known', () => {
  const path = fixture('models', 'checkpoints', 'tiny15-single.safetensors')
  const { parts } = splitCheckpoint(openWeightFile(path).tensors)
  const message = /^tiny15-single\.safetensors holds a network of sizes that no published model has\./
  assert.throws(() => inferUNet(parts.unet, 'sd15'), { code: 'model-unsupported', message })
  assert.throws(() => inferVae(parts.vae, 'sd15'), { code: 'model-unsupported', message })
  assert.throws(() => inferTextTower(parts.textEncoder, 'openai'), { code: 'model-unsupported', message })
})
