/** Does a T2I-Adapter act in a run as the recipe says, its network run once for a picture, and is what it cannot do refused? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { controlPixels } from '../../companion/jobs/control-picture.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { openLibrary } from '../../companion/models/library.ts'
import { grey } from '../../companion/vision/grey.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import type { Control, Recipe } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'
import { hashTensor } from '../support/hash-weights.ts'
import { t2iShapes, type T2iSizes } from '../support/t2i-shapes.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const TINY: T2iSizes = { widths: [16, 24, 32, 32], channels: 3, square: 8 }
for (const [name, sizes] of Object.entries<T2iSizes>({
  colours: TINY,
  shades: { ...TINY, channels: 1 },
  // Four features for three levels: the last goes to the middle, which is as wide as the third.
  xl: { ...TINY, square: 16 },
})) {
  const tensors = Object.entries(t2iShapes(sizes)).map(
    ([tensor, shape]) => [tensor, { shape, data: hashTensor(tensor, shape) }] as const,
  )
  await writeSafetensors(join(folder.path, `${name}.safetensors`), Object.fromEntries(tensors))
}

const STEPS = 4
const scene = await readPicture(fixture('images', 'ref1.png'))
const pictures = { scene, grey: grey(scene), other: await readPicture(fixture('images', 'ref2.png')) }
const shop = {
  library: openLibrary([fixture('models'), folder.path]),
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
}

async function run(controls: readonly Partial<Control>[], changes: Partial<Recipe> = {}): Promise<Result> {
  const recipe: Recipe = {
    checkpoint: 'tiny15',
    prompt: 'a fox',
    size: [128, 128],
    seed: 1,
    steps: STEPS,
    sampler: 'euler',
    controls: controls.map((control) => ({ image: 'scene', controlnet: 'colours', ...control })),
    ...changes,
  }
  for await (const event of imprint(shop, { recipe, pictures, dump: true })) if (event.type === 'result') return event
  throw new Error('no result')
}

const latents = (result: Result): Float32Array => result.dump!['latents']!.data
const largest = (a: Result, b: Result): number =>
  latents(a).reduce((most, value, i) => Math.max(most, Math.abs(value - latents(b)[i]!)), 0)

describe('what runs', () => {
  test('its network once for a picture, whatever its weight', async () => {
    const whole = await run([{}])
    assert.equal(whole.runs['t2i-adapter'], 1)
    const half = await run([{ weight: 0.5 }])
    assert.equal(half.runs['t2i-adapter'], undefined)
    assert.ok(largest(whole, half) > 0.01)
    assert.deepEqual(latents(await run([{}])), latents(whole))
    assert.equal((await run([{ image: 'other' }])).runs['t2i-adapter'], 1)
    assert.equal((await run([{ preprocess: 'canny' }])).runs['t2i-adapter'], 1)
  })

  test('beside a ControlNet, which runs at every step', async () => {
    const [both, alone] = [await run([{}, { controlnet: 'tiny-cn' }]), await run([{ controlnet: 'tiny-cn' }])]
    assert.equal(both.runs['controlnet'], 2 * STEPS)
    assert.ok(largest(both, alone) > 0.01)
    assert.ok(largest(both, await run([{}])) > 0.01)
  })
})

describe('what comes of it', () => {
  test('nothing where it does not count or does not act', async () => {
    const none = await run([])
    assert.deepEqual(latents(await run([{ weight: 0 }])), latents(none))
    assert.deepEqual(latents(await run([{ start: 0.9 }])), latents(none))
  })

  test('on the steps where it acts', async () => {
    const [none, first, last, whole] = [
      await run([]),
      await run([{ end: 0.5 }]),
      await run([{ start: 0.5 }]),
      await run([{}]),
    ]
    for (const [one, other] of [
      [none, first],
      [none, last],
      [first, last],
      [first, whole],
      [last, whole],
    ] as const)
      assert.ok(largest(one, other) > 0.01)
  })

  test('several add up by their weights', async () => {
    const [two, one] = [await run([{ weight: 0.25 }, { weight: 0.5 }]), await run([{ weight: 0.75 }])]
    assertClose('latents', latents(two), latents(one), 1e-3)
  })

  test('one that reads grey sees colours as grey', async () => {
    const [seen, same] = [await run([{ controlnet: 'shades' }]), await run([{ controlnet: 'shades', image: 'grey' }])]
    // Greyed before or after it is stretched: half a shade's difference here and there.
    assert.ok(largest(seen, same) < 0.2, String(largest(seen, same)))
    assert.ok(largest(seen, await run([{ controlnet: 'shades', image: 'other' }])) > 0.2)
  })

  test('in the SDXL family, at sides that squares of sixteen do not fill', async () => {
    const xl = { checkpoint: 'tinyxl', size: [136, 120] as [number, number] }
    const [without, adapted] = [await run([], xl), await run([{ controlnet: 'xl' }], xl)]
    assert.ok(largest(without, adapted) > 0.01)
  })
})

describe('what it is shown', () => {
  const pixel = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 128, 0) } as const
  test('colours in their order, or the shade that is seen, in 0..1', () => {
    const at = (colours: 'rgb' | 'bgr' | 'grey') => controlPixels(pixel, 'none', { width: 1, height: 1 }, colours)
    const [half, shade] = [Math.fround(128 / 255), Math.fround(151 / 255)]
    assert.deepEqual(at('rgb'), { shape: [1, 3, 1, 1], data: Float32Array.of(1, half, 0) })
    assert.deepEqual(at('bgr'), { shape: [1, 3, 1, 1], data: Float32Array.of(0, half, 1) })
    assert.deepEqual(at('grey'), { shape: [1, 1, 1, 1], data: Float32Array.of(shade) })
  })

  test("shades are Pillow's", () => {
    const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3)
    const shades = grey({ width: 5, height: 1, channels: 3, data }).data.filter((_, i) => i % 3 === 0)
    assert.deepEqual([...shades], [76, 150, 29, 255, 2])
  })
})

test('what it does not know is refused', async () => {
  const refused = (control: Partial<Control>, message: RegExp) =>
    assert.rejects(run([control]), { code: 'recipe-invalid', message })
  await refused({ guess: true }, /^recipe\.controls\.0\.guess: the T2I-Adapter "colours" does not guess\. /)
  await refused({ reads: 'face' }, /^recipe\.controls\.0\.reads: the T2I-Adapter "colours" reads no face\. /)
  await assert.rejects(run([], { controls: [{ controlnet: 'colours' }] }), {
    code: 'recipe-invalid',
    message: 'recipe.controls.0.image: the picture is missing. Give one.',
  })
  await assert.rejects(run([{ image: 'gone' }]), { code: 'picture-unknown' })
  await assert.rejects(run([{ controlnet: 'xl' }]), { code: 'model-unsupported', message: /made for another UNet/ })
})
