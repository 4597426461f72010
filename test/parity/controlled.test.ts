/** Is a control's picture made as it should be, its network run where it acts and nowhere else, and nothing made twice? */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { resultWeights } from '../../companion/jobs/controls.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { acts } from '../../companion/jobs/part-of-steps.ts'
import { openLibrary } from '../../companion/models/library.ts'
import { canny } from '../../companion/vision/canny.ts'
import { invert } from '../../companion/vision/invert.ts'
import { resizeLanczos } from '../../companion/vision/resize.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Control, Recipe } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

/** The same ControlNet, asking for colours the other way round. */
const turned = join(folder.path, 'turned-cn')
cpSync(fixture('models', 'controlnet', 'tiny-cn'), turned, { recursive: true })
const config = JSON.parse(readFileSync(join(turned, 'config.json'), 'utf8')) as Record<string, unknown>
writeFileSync(join(turned, 'config.json'), JSON.stringify({ ...config, controlnet_conditioning_channel_order: 'bgr' }))

const STEPS = 4
const SIZE = { width: 128, height: 128 }
const ALWAYS = { unet: 2 * STEPS, 'vae-decoder': 1 }

const scene = await readPicture(fixture('images', 'ref1.png'))
const drawn = resizeLanczos(scene, SIZE)
const mapped = (picture: Raster, at: (pixel: Uint8Array) => readonly number[]): Raster => {
  const pixels = Array.from({ length: picture.width * picture.height }, (_, i) =>
    at(picture.data.subarray(picture.channels * i, picture.channels * (i + 1))),
  )
  return { ...picture, channels: pixels[0]!.length === 4 ? 4 : 3, data: Uint8Array.from(pixels.flat()) }
}
const isDark = ([red]: Uint8Array) => red! < 128
const pictures = {
  scene,
  drawn,
  edges: canny(drawn, { low: 100, high: 200, norm: 'l1' }),
  negative: invert(drawn),
  swapped: mapped(drawn, ([red, green, blue]) => [blue!, green!, red!]),
  'ink on paper': mapped(drawn, (pixel) => (isDark(pixel) ? [40, 0, 0] : [255, 255, 255])),
  'ink on nothing': mapped(drawn, (pixel) => (isDark(pixel) ? [40, 0, 0, 255] : [0, 90, 0, 0])),
}

/** Runs one after the other in one workshop. */
function studio(): (controls: readonly Partial<Control>[], changes?: Partial<Recipe>) => Promise<Result> {
  const shop = {
    library: openLibrary([fixture('models'), folder.path]),
    networks: createNetworks('cpu', { attention: 'fused' }),
    keep: createKeep(),
  }
  return async (controls, changes = {}) => {
    const recipe: Recipe = {
      checkpoint: 'tiny15',
      prompt: 'a fox',
      negativePrompt: 'dull',
      size: [SIZE.width, SIZE.height],
      seed: 1,
      steps: STEPS,
      controls: controls.map((control) => ({ image: 'drawn', controlnet: 'tiny-cn', ...control })),
      ...changes,
    }
    let result: Result | undefined
    for await (const event of imprint(shop, { recipe, pictures, dump: true }))
      if (event.type === 'result') result = event
    return result!
  }
}

const latents = (result: Result): Float32Array => result.dump!['latents']!.data
const controlled = ({ runs }: Result) =>
  Object.fromEntries(Object.entries(runs).filter(([name]) => name.startsWith('controlnet')))

describe('what runs', () => {
  const run = studio()
  // Each with noise of its own, so that no step was taken before.
  const seeded = (seed: number, controls: readonly Partial<Control>[], changes?: Partial<Recipe>) =>
    run(controls, { seed, ...changes })

  test('everything once at first', async () => {
    assert.deepEqual(controlled(await run([{}])), {
      'controlnet-hint': 1,
      'controlnet-text': 2,
      'controlnet-time': STEPS,
      controlnet: 2 * STEPS,
    })
  })

  test('with another weight the steps alone, and another picture comes of it', async () => {
    const [before, now] = [await run([{}]), await run([{ weight: 0.5 }])]
    assert.deepEqual(now.runs, { ...ALWAYS, controlnet: 2 * STEPS })
    assert.notDeepEqual(latents(now), latents(before))
    assert.deepEqual(latents(await run([{}])), latents(before))
  })

  test('on the steps where it acts', async () => {
    assert.deepEqual((await seeded(2, [{ end: 0.5 }])).runs, { ...ALWAYS, controlnet: 2 * 2 })
    assert.deepEqual((await seeded(3, [{ start: 0.6 }])).runs, { ...ALWAYS, controlnet: 2 * 1 })
    assert.deepEqual((await seeded(4, [{ weight: 0 }])).runs, ALWAYS)
  })

  test('guessing, on the side of the prompt alone', async () => {
    const [guessed, whole] = [await seeded(5, [{ guess: true }]), await seeded(5, [{}])]
    assert.deepEqual(guessed.runs, { ...ALWAYS, controlnet: STEPS })
    assert.notDeepEqual(latents(guessed), latents(whole))
  })

  test('without guidance, on one side', async () => {
    assert.deepEqual((await seeded(6, [{}], { guidance: 1 })).runs, {
      unet: STEPS,
      'vae-decoder': 1,
      controlnet: STEPS,
    })
  })

  test('another picture is embedded, the prompt not read again; another prompt the other way round', async () => {
    const picture = controlled(await run([{ image: 'scene' }]))
    assert.deepEqual(picture, { controlnet: 2 * STEPS, 'controlnet-hint': 1 })
    const prompt = controlled(await seeded(7, [{ image: 'scene' }], { prompt: 'an owl' }))
    assert.deepEqual(prompt, { controlnet: 2 * STEPS, 'controlnet-text': 1 })
  })
})

describe('what comes of it', () => {
  const run = studio()
  const same = async (a: readonly Partial<Control>[], b: readonly Partial<Control>[], changes?: Partial<Recipe>) => {
    const [one, other] = [latents(await run(a, changes)), latents(await run(b, changes))]
    // Sums in another order; the latents are some ten large.
    assertClose('latents', one, other, 1e-4)
  }
  const differ = async (a: readonly Partial<Control>[], b: readonly Partial<Control>[]) => {
    const [one, other] = [latents(await run(a)), latents(await run(b))]
    assert.ok(one.some((value, i) => Math.abs(value - other[i]!) > 1e-2))
  }

  test('a control of no weight leaves the picture as it is', () => same([{ weight: 0 }], []))
  test('two of half the weight are one', () => same([{ weight: 0.5 }, { weight: 0.5 }], [{ weight: 1 }]))
  test('a part of the steps is less than all', () => differ([{ end: 0.5 }], [{}]))
  test('a larger picture is resized', () => same([{ image: 'scene' }], [{ image: 'drawn' }]))
  test('edges are found in the resized picture', async () => {
    await same([{ image: 'scene', preprocess: 'canny' }], [{ image: 'edges' }])
    await differ([{ image: 'scene', preprocess: 'canny' }], [{ image: 'scene' }])
  })
  test('light and dark change places', async () => {
    await same([{ preprocess: 'invert' }], [{ image: 'negative' }])
    await differ([{ preprocess: 'invert' }], [{}])
  })
  test('what is transparent is paper', async () => {
    await same([{ image: 'ink on nothing' }], [{ image: 'ink on paper' }])
    await same([{ image: 'ink on nothing', preprocess: 'canny' }], [{ image: 'ink on paper', preprocess: 'canny' }])
  })
  test('red and blue change places where the network asks for it', async () => {
    await same([{ controlnet: 'turned-cn' }], [{ image: 'swapped' }])
    await differ([{ controlnet: 'turned-cn' }], [{}])
  })
})

test('every result counts alike, or the further up the less', () => {
  assert.deepEqual([...resultWeights({ weight: 0.5, guess: false }, 3).data], [0.5, 0.5, 0.5])
  const guessed = resultWeights({ weight: 2, guess: true }, 13).data
  assertClose('first and last', [guessed[0]!, guessed[4]!, guessed[12]!], [0.2, 0.4308869, 2], 1e-6)
})

test('a step belongs to a part when it lies within', () => {
  const steps = (start: number, end: number) => [0, 1, 2, 3].filter((i) => acts({ start, end }, { i, n: 4 }))
  assert.deepEqual(steps(0, 1), [0, 1, 2, 3])
  assert.deepEqual(steps(0.25, 0.75), [1, 2])
  assert.deepEqual(steps(0.26, 0.74), [])
})

describe('refused in one sentence', () => {
  const run = studio()
  const refused = (control: Partial<Control>, code: string, message: RegExp, changes?: Partial<Recipe>) =>
    assert.rejects(run([control], changes), { code, message })

  test('no picture, no face, no such network, and one of another family', async () => {
    await assert.rejects(run([], { controls: [{ controlnet: 'tiny-cn' }] }), {
      code: 'recipe-invalid',
      message: /^recipe\.controls\.0\.image: the picture is missing\. Give one\.$/,
    })
    await refused(
      { reads: 'face' },
      'recipe-invalid',
      /^recipe\.controls\.0: it reads a face, and no reference gives one\./,
    )
    await refused({ image: 'nowhere' }, 'picture-unknown', /"nowhere"/)
    await refused({ controlnet: 'canny' }, 'model-missing', /^No controlnet is called "canny"; there is /)
    await refused({}, 'model-unsupported', /^The ControlNet "tiny-cn" was made for a/, { checkpoint: 'tinyxl' })
  })
})
