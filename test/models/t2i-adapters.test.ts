/** Does every form of T2I-Adapter open at its full size, each tensor used once, and make what its UNet has room for? */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { findModels, type ModelEntry } from '../../companion/models/catalog.ts'
import { openT2iAdapter, refuseOtherWayDown, type T2iAdapter } from '../../companion/models/t2i-adapter.ts'
import { t2iAdapterGraph } from '../../companion/networks/t2i-adapter.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import type { UNetConfig } from '../../companion/networks/unet-layout.ts'
import { countedWeights } from '../support/counted-weights.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { hashWeights } from '../support/hash-weights.ts'
import { writeHollow } from '../support/hollow-files.ts'
import type { Shapes } from '../support/original-shapes.ts'
import { SD15_UNET, SDXL_UNET } from '../support/published-unets.ts'
import { SD15_T2I, SDXL_T2I, t2iFolderShapes, t2iShapes } from '../support/t2i-shapes.ts'

const OPTIONS = { attention: 'fused' } as const

/** The one thing found in a folder of its own that holds this. */
function found(put: (folder: string) => void): ModelEntry {
  const folder = temporaryFolder()
  after(() => folder.dispose())
  put(folder.path)
  const [entry, ...others] = findModels([folder.path])
  assert.equal(others.length, 0)
  return entry!
}

const file = (shapes: Shapes) => found((folder) => writeHollow(join(folder, 'misnamed-lora.safetensors'), shapes))

const inFolder = (config: object, shapes: Shapes) =>
  found((folder) => {
    const model = join(folder, 'sketches')
    mkdirSync(model)
    writeFileSync(join(model, 'config.json'), JSON.stringify({ _class_name: 'T2IAdapter', ...config }))
    writeHollow(join(model, 'diffusion_pytorch_model.safetensors'), shapes)
  })

/** Features by shape, and the room for them in a UNet for latents of that size. */
function shapes({ ledger, config }: T2iAdapter, unet: UNetConfig, size: { width: number; height: number }) {
  const features = [...t2iAdapterGraph(ledger.weights, config, size, OPTIONS).outputs.values()]
  const made = hashWeights()
  const hollow = {
    ...made.weights,
    at: () => hollow,
    get: (name: string, shape: readonly number[]) =>
      ({ name, shape, dtype: 'F32', file: '', offset: 0, bytes: 0 }) as const,
  }
  made.dispose()
  const { inputs } = unetGraph(hollow, unet, { ...size, textTokens: 77, imageTokens: [], adapted: true }, OPTIONS)
  const room = [...inputs].filter(([name]) => name.startsWith('t2i.'))
  return {
    features: features.map(({ shape }) => shape),
    room: Object.fromEntries(room.map(([name, { shape }]) => [name, shape])),
  }
}

describe('at full size', () => {
  const xl = { adapter_type: 'full_adapter_xl', downscale_factor: 16 }
  const forms: [name: string, entry: ModelEntry, stored: Shapes, family: 'sd15' | 'sdxl'][] = [
    ["SD1.5 in its authors' names", file(t2iShapes(SD15_T2I)), t2iShapes(SD15_T2I), 'sd15'],
    ["SD1.5 in diffusers' names", file(t2iFolderShapes(SD15_T2I)), t2iFolderShapes(SD15_T2I), 'sd15'],
    ['SD1.5 in a folder', inFolder({}, t2iFolderShapes(SD15_T2I)), t2iFolderShapes(SD15_T2I), 'sd15'],
    ["SDXL in its authors' names", file(t2iShapes(SDXL_T2I)), t2iShapes(SDXL_T2I), 'sdxl'],
    ['SDXL in a folder', inFolder(xl, t2iFolderShapes(SDXL_T2I)), t2iFolderShapes(SDXL_T2I), 'sdxl'],
  ]
  for (const [name, entry, stored, family] of forms) {
    test(name, () => {
      assert.deepEqual([entry.role, entry.family, entry.variant], ['controlnet', family, 't2i-adapter'])
      const opened = openT2iAdapter(entry)
      const { weights, uses } = countedWeights(opened.ledger.weights)
      t2iAdapterGraph(weights, opened.config, { width: 64, height: 64 }, OPTIONS)
      assert.equal(uses.size, Object.keys(stored).length)
      assert.ok([...uses.values()].every((times) => times === 1))
    })
  }

  test('what it makes has room in the UNet of its family', () => {
    const sd15 = shapes(openT2iAdapter(forms[0]![1]), SD15_UNET, { width: 64, height: 64 })
    assert.deepEqual(sd15.features, [
      [1, 320, 64, 64],
      [1, 640, 32, 32],
      [1, 1280, 16, 16],
      [1, 1280, 8, 8],
    ])
    assert.deepEqual(Object.entries(sd15.room), [
      ...sd15.features.map((shape, i) => [`t2i.down.${i}`, shape]),
      ['t2i.mid', [1, 1280, 8, 8]],
    ])
    const sdxl = shapes(openT2iAdapter(forms[3]![1]), SDXL_UNET, { width: 128, height: 96 })
    assert.deepEqual(sdxl.features, [
      [1, 320, 48, 64],
      [1, 640, 48, 64],
      [1, 1280, 24, 32],
      [1, 1280, 24, 32],
    ])
    const places = ['down.0', 'down.1', 'down.2', 'mid']
    assert.deepEqual(
      Object.entries(sdxl.room),
      places.map((place, i) => [`t2i.${place}`, sdxl.features[i]]),
    )
    // Sides that do not halve evenly.
    for (const [model, unet] of [
      [forms[0]![1], SD15_UNET],
      [forms[3]![1], SDXL_UNET],
    ] as const) {
      const { features, room } = shapes(openT2iAdapter(model), unet, { width: 61, height: 75 })
      assert.deepEqual(Object.values(room).slice(0, 4), features)
    }
  })

  test('one of another family is refused by name', () => {
    const [sd15, sdxl] = [openT2iAdapter(forms[0]![1]), openT2iAdapter(forms[3]![1])]
    const model = (config: UNetConfig) => ({ name: 'model', unet: { config } })
    refuseOtherWayDown(sd15, model(SD15_UNET))
    refuseOtherWayDown(sdxl, model(SDXL_UNET))
    const refused = {
      code: 'model-unsupported',
      message: /^The T2I-Adapter "\S+" was made for another UNet than .*"model"/,
    }
    assert.throws(() => refuseOtherWayDown(sd15, model(SDXL_UNET)), refused)
    assert.throws(() => refuseOtherWayDown(sdxl, model(SD15_UNET)), refused)
  })
})

test('one that reads grey', () => {
  const { config } = openT2iAdapter(file(t2iShapes({ ...SD15_T2I, channels: 1 })))
  assert.deepEqual([config.channels, config.square], [1, 8])
  const xl = file(t2iShapes({ ...SDXL_T2I, channels: 1 }))
  assert.equal(xl.family, 'sdxl')
  assert.deepEqual([openT2iAdapter(xl).config.channels, openT2iAdapter(xl).config.square], [1, 16])
})

describe('refused by name', () => {
  const light: Shapes = { 'conv_in.weight': [1], 'body.0.in_conv.weight': [1], 'body.0.out_conv.weight': [1] }
  test('light ones', () => {
    const { role, why } = file(light)
    assert.deepEqual([role, why], ['unknown', 'it is a light T2I-Adapter, which Imprint cannot use'])
    assert.match(inFolder({ adapter_type: 'light_adapter' }, light).why!, /of the kind light_adapter/)
  })

  test('pictures read otherwise', () => {
    const entry = file({ ...t2iShapes(SD15_T2I), 'conv_in.weight': [320, 48, 3, 3] })
    assert.throws(() => openT2iAdapter(entry), { code: 'model-unsupported', message: /reads pictures in a way/ })
  })

  test('a tensor too many, or one too few', () => {
    const less = Object.fromEntries(
      Object.entries(t2iShapes(SD15_T2I)).filter(([name]) => name !== 'body.5.block2.bias'),
    )
    assert.throws(() => openT2iAdapter(file(less)), {
      code: 'model-invalid',
      message: /body\.2\.resnets\.1\.block2\.bias/,
    })
    const more = file({ ...t2iShapes(SD15_T2I), 'body.8.block1.weight': [1] })
    assert.throws(() => openT2iAdapter(more), { code: 'model-unsupported', message: /body\.8\.block1\.weight/ })
  })
})
