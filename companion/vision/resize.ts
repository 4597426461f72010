import type { Raster } from '../../shared/raster.ts'

/** Pillow's bicubic kernel (a = -0.5), |x| < 2. */
function bicubic(x: number): number {
  const a = -0.5
  const d = Math.abs(x)
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1
  if (d < 2) return a * (((d - 5) * d + 8) * d - 4)
  return 0
}

/** Pillow's windowed sinc, |x| < 3. */
function lanczos(x: number): number {
  return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** How a resize weighs the pixels around a point: by distance, up to the support, in pixels of the smaller picture. */
interface Kernel {
  readonly support: number
  readonly weight: (distance: number) => number
}

const BICUBIC: Kernel = { support: 2, weight: bicubic }
const LANCZOS: Kernel = { support: 3, weight: lanczos }

/** Pillow's fixed-point weights have 22 fractional bits. */
const PRECISION = 22

/** For each output pixel: the first input pixel it reads, and the integer weight of each it reads. */
function taps(input: number, output: number, { support, weight }: Kernel): { first: number; weights: Int32Array }[] {
  const scale = input / output
  const stretch = Math.max(scale, 1)
  return Array.from({ length: output }, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = Math.max(0, Math.floor(centre - support * stretch + 0.5))
    const end = Math.min(input, Math.floor(centre + support * stretch + 0.5))
    const raw = Array.from({ length: end - first }, (_, j) => weight((j + first - centre + 0.5) / stretch))
    const sum = raw.reduce((a, b) => a + b, 0)
    const weights = Int32Array.from(raw, (part) => Math.trunc((part / sum) * 2 ** PRECISION + (part < 0 ? -0.5 : 0.5)))
    return { first, weights }
  })
}

/** One pass along lines of pixels: `step` bytes between neighbours on a line, `lineStep` between lines. */
function pass(
  source: Uint8Array,
  target: Uint8Array,
  channels: number,
  lines: number,
  along: { taps: ReturnType<typeof taps>; from: { step: number; line: number }; to: { step: number; line: number } },
): void {
  const { taps, from, to } = along
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < taps.length; i++) {
      const { first, weights } = taps[i]!
      for (let c = 0; c < channels; c++) {
        let sum = 2 ** (PRECISION - 1)
        let at = line * from.line + first * from.step + c
        for (let j = 0; j < weights.length; j++, at += from.step) sum += source[at]! * weights[j]!
        target[line * to.line + i * to.step + c] = Math.min(255, Math.max(0, Math.floor(sum / 2 ** PRECISION)))
      }
    }
  }
}

/** Resizes as Pillow's `Image.resize(..., BICUBIC)` does, to the bit: see `resize`. */
export const resizeBicubic = (picture: Raster, size: Size): Raster => resize(picture, size, BICUBIC)

/** Resizes as Pillow's `Image.resize(..., LANCZOS)` does, to the bit: see `resize`. */
export const resizeLanczos = (picture: Raster, size: Size): Raster => resize(picture, size, LANCZOS)

interface Size {
  readonly width: number
  readonly height: number
}

/** Antialiased, horizontally first, 8 bits in between, and no pass along a side that keeps its length. */
function resize(picture: Raster, size: Size, kernel: Kernel): Raster {
  const { channels } = picture
  let { data, width } = picture
  if (size.width !== width) {
    const target = new Uint8Array(size.width * picture.height * channels)
    pass(data, target, channels, picture.height, {
      taps: taps(width, size.width, kernel),
      from: { step: channels, line: width * channels },
      to: { step: channels, line: size.width * channels },
    })
    data = target
    width = size.width
  }
  if (size.height !== picture.height) {
    const target = new Uint8Array(width * size.height * channels)
    const rows = { step: width * channels, line: channels }
    pass(data, target, channels, width, { taps: taps(picture.height, size.height, kernel), from: rows, to: rows })
    data = target
  }
  return { width: size.width, height: size.height, channels, data }
}
