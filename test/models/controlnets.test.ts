/** Does every form of ControlNet open at its full size, each tensor used once, and make what its UNet expects? */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openControlNet, refuseOtherUNet, type ControlNet } from '../../companion/models/controlnet.ts'
import { controlHintGraph, controlNetGraph, readsStates } from '../../companion/networks/controlnet.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import type { UNetConfig } from '../../companion/networks/unet-layout.ts'
import { recogniseFile } from '../../companion/models/recognise.ts'
import { controlNetKeys } from '../../companion/weights/keys/unet.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { T15 } from '../support/golden-networks.ts'
import { fixture, readTensors } from '../support/golden.ts'
import { writeHollow } from '../support/hollow-files.ts'
import { beginning, controlNetShapes, SD15, SDXL, type Shapes } from '../support/original-shapes.ts'
import { SD15_UNET, SDXL_UNET } from '../support/published-unets.ts'

const folder = temporaryFolder()
after(() => folder.dispose())
const OPTIONS = { attention: 'fused' } as const

function file(name: string, shapes: Shapes): ControlNet {
  const path = join(folder.path, `${name}.safetensors`)
  writeHollow(path, shapes)
  return openControlNet({ name, path, isFolder: false })
}

/** The same shapes in diffusers' names, as files of diffusers' hold them. */
const renamed = (shapes: Shapes): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [controlNetKeys(name)![0]!.name, shape]))

/** What a ControlNet makes is what the UNet's graph takes, by name and shape. */
function fits(
  { config, ledger }: Pick<ControlNet, 'config' | 'ledger'>,
  unet: UNetConfig,
  size: { width: number; height: number },
): void {
  const graph = controlNetGraph(ledger.weights, config, { ...size, tokens: 77 }, OPTIONS)
  const made = [...graph.outputs].map(([name, { shape }]) => `control.${name} ${shape.join()}`)
  const weights = hollowWeights()
  const shape = { ...size, textTokens: 77, imageTokens: [], controlled: true }
  const inputs = [...unetGraph(weights, unet, shape, OPTIONS).inputs]
  const taken = inputs.filter(([name]) => name.startsWith('control.'))
  assert.deepEqual(made.sort(), taken.map(([name, value]) => `${name} ${value.shape.join()}`).sort())
}

/** Weights that are there for every name and shape, and lie nowhere. */
const hollowWeights = (prefix = ''): ControlNet['ledger']['weights'] => ({
  at: (...path) => hollowWeights(`${prefix}${path.join('.')}.`),
  has: () => true,
  branches: () => [],
  get: (name, shape) => ({ name: prefix + name, shape, dtype: 'F16', file: 'none', offset: 0, bytes: 0 }),
})

describe('at full size', () => {
  const forms: [name: string, shapes: Shapes, unet: UNetConfig, side: number, results: number][] = [
    ['SD1.5 in original names', beginning('control_model.', controlNetShapes(SD15)), SD15_UNET, 64, 13],
    ["SD1.5 in diffusers' names", renamed(controlNetShapes(SD15)), SD15_UNET, 64, 13],
    ['SDXL in original names', controlNetShapes(SDXL), SDXL_UNET, 128, 10],
    ["SDXL in diffusers' names", beginning('controlnet.', renamed(controlNetShapes(SDXL))), SDXL_UNET, 128, 10],
  ]
  for (const [name, shapes, unet, side, results] of forms) {
    test(name, () => {
      const opened = file('large', shapes)
      const { outChannels, upAttention, ...wayDown } = unet
      assert.deepEqual([outChannels, upAttention.length], [4, wayDown.widths.length])
      const hint = { middleAttends: true, hintWidths: [16, 32, 96, 256], hintOrder: 'rgb' }
      assert.deepEqual(opened.config, { ...wayDown, ...hint })
      fits(opened, unet, { width: side, height: side })
      // Sides that do not halve evenly.
      fits(opened, unet, { width: side + 3, height: side - 7 })
      const graph = controlHintGraph(opened.ledger.weights, opened.config, { width: side, height: side }, OPTIONS)
      assert.deepEqual(graph.inputs.get('hint')!.shape, [1, 3, 8 * side, 8 * side])
      assert.deepEqual(graph.outputs.get('embedding')!.shape, [1, 320, side, side])
      const { outputs } = controlNetGraph(
        opened.ledger.weights,
        opened.config,
        { width: side, height: side, tokens: 77 },
        OPTIONS,
      )
      assert.equal(outputs.size, results)
    })
  }

  test('a small one for SDXL reads no text and has one resnet in the middle', () => {
    const { config, ledger, name } = file('small', renamed(smallShapes()))
    assert.deepEqual([readsStates(config), config.middleAttends], [false, false])
    fits({ config, ledger }, SDXL_UNET, { width: 16, height: 16 })
    refuseOtherUNet({ name, config }, { name: 'xl', unet: { config: SDXL_UNET } })
    const { role, family } = recogniseFile(join(folder.path, 'small.safetensors'))!
    assert.deepEqual([role, family], ['controlnet', 'sdxl'])
  })
})

/** SDXL's without attention, and half a middle. */
const smallShapes = (): Shapes =>
  Object.fromEntries(
    Object.entries(controlNetShapes({ ...SDXL, depths: [0, 0, 0] })).filter(
      ([name]) => !/^middle_block\.[12]\./.test(name),
    ),
  )

describe('in a folder', () => {
  const path = fixture('models', 'controlnet', 'tiny-cn')

  test('with its configuration, at any size', () => {
    const opened = openControlNet({ name: 'tiny-cn', path, isFolder: true })
    fits(opened, T15, { width: 16, height: 16 })
  })

  test('colours in the order it asks for', () => {
    const copy = join(folder.path, 'turned')
    cpSync(path, copy, { recursive: true })
    const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as Record<string, unknown>
    writeFileSync(
      join(copy, 'config.json'),
      JSON.stringify({ ...config, controlnet_conditioning_channel_order: 'bgr' }),
    )
    assert.equal(openControlNet({ name: 'turned', path: copy, isFolder: true }).config.hintOrder, 'bgr')
  })

  test('a tensor too many or too few is named', async () => {
    const copy = join(folder.path, 'changed')
    mkdirSync(copy)
    cpSync(join(path, 'config.json'), join(copy, 'config.json'))
    const weights = join(copy, 'diffusion_pytorch_model.safetensors')
    const tensors = Object.fromEntries(readTensors(join(path, 'diffusion_pytorch_model.safetensors')))
    const open = () => openControlNet({ name: 'changed', path: copy, isFolder: true })
    await writeSafetensors(weights, {
      ...tensors,
      'controlnet_down_blocks.12.bias': { shape: [1], data: new Float32Array(1) },
    })
    assert.throws(open, { code: 'model-invalid', message: /has the tensor "controlnet_down_blocks\.12\.bias" that/ })
    const { 'controlnet_mid_block.bias': gone, ...rest } = tensors
    assert.deepEqual(gone!.shape, [32])
    await writeSafetensors(weights, rest)
    assert.throws(open, { code: 'model-invalid', message: /lacks the tensor "controlnet_mid_block\.bias" \[32\]/ })
  })
})

describe('refused in one sentence', () => {
  test('a file of sizes that no published one has', () => {
    const path = fixture('models', 'controlnet', 'tiny-cn', 'diffusion_pytorch_model.safetensors')
    const open = () => openControlNet({ name: 'tiny-cn', path, isFolder: false })
    assert.throws(open, { code: 'model-unsupported', message: /of sizes that no published model has/ })
  })

  const refused = (net: ControlNet, name: string, unet: UNetConfig, message: RegExp) =>
    assert.throws(() => refuseOtherUNet(net, { name, unet: { config: unet } }), { code: 'model-unsupported', message })

  test('one of another family, and one of other sizes', () => {
    const net = file('edges', controlNetShapes(SD15))
    refuseOtherUNet(net, { name: 'v1', unet: { config: SD15_UNET } })
    refused(
      net,
      'xl',
      SDXL_UNET,
      /^The ControlNet "edges" was made for Stable Diffusion 1\.5, and "xl" is of SDXL\. Choose a ControlNet made for SDXL\.$/,
    )
    refused(net, 'thin', { ...SD15_UNET, widths: [320, 640, 1280, 640] }, /"edges" was made for a UNet of other sizes/)
    const small = file('small again', renamed(smallShapes()))
    refused(small, 'v1', SD15_UNET, /"small again" was made for a UNet of other sizes than that of "v1"\./)
  })
})
