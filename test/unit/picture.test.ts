/** Do latents become the pictures people see on the way and at the end? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  pictureOf,
  previewOf,
  SD15_LATENT_TO_RGB,
  SDXL_LATENT_TO_RGB,
  unitRange,
  type LatentToRgb,
} from '../../companion/diffusion/picture.ts'

/** What a pixel shows of a value in -1..1. */
const shown = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, value / 2 + 0.5)))

/** Each channel alone at 1, as the published fits have it. */
const PUBLISHED: Readonly<Record<string, readonly [rows: LatentToRgb, channels: number[][], added: number[]]>> = {
  'Stable Diffusion 1.5': [
    SD15_LATENT_TO_RGB,
    [
      [0.3512, 0.2297, 0.3227],
      [0.325, 0.4974, 0.235],
      [-0.2829, 0.1762, 0.2721],
      [-0.212, -0.2616, -0.7177],
    ],
    [0, 0, 0],
  ],
  SDXL: [
    SDXL_LATENT_TO_RGB,
    [
      [0.3651, 0.4232, 0.4341],
      [-0.2533, -0.0042, 0.1068],
      [0.1076, 0.1111, -0.0362],
      [-0.3165, -0.2492, -0.2188],
    ],
    [0.1084, -0.0175, -0.0011],
  ],
}

describe('previews', () => {
  for (const [family, [rows, channels, added]] of Object.entries(PUBLISHED)) {
    test(`of ${family}: colours as published, and grey for nothing`, () => {
      const size = { width: 5, height: 1 }
      // Pixel k has channel k alone; the last pixel has none.
      const latents = Float32Array.from({ length: 20 }, (_, i) => Number(i % 5 === Math.floor(i / 5)))
      const { data } = previewOf(latents, size, rows)
      const expected = [...channels, [0, 0, 0]].flatMap((row) => row.map((value, c) => shown(value + added[c]!)))
      assert.deepEqual([...data], expected)
    })
  }

  test('of latents far out stay colours', () => {
    const { data } = previewOf(Float32Array.of(100, 100, -100, 100), { width: 1, height: 1 }, SD15_LATENT_TO_RGB)
    assert.deepEqual([...data], [255, 255, 0])
  })
})

describe('a decoded picture', () => {
  const decoded = Float32Array.of(-1, 1, 0, 0.5, -3, 3)

  test('goes from planes in -1..1 to pixels, limited and rounded', () => {
    assert.deepEqual([...pictureOf(decoded, { width: 2, height: 1 }).data], [0, 128, 0, 255, 191, 255])
  })

  test('is kept in 0..1 for comparison', () => {
    assert.deepEqual([...unitRange(decoded)], [0, 1, 0.5, 0.75, 0, 1])
  })
})
