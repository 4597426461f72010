/** Interleaved 8-bit samples; any number of channels. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array
}

/** For one axis: which source samples make each target sample, and how much of each. */
interface Taps {
  readonly first: Int32Array
  readonly weights: readonly Float32Array[]
}

/** Multiply-adds between two rests, so that the panel stays alive while a big picture is scaled. */
const WORK_PER_TURN = 8_000_000

function triangleTaps(from: number, to: number): Taps {
  const ratio = from / to
  const support = Math.max(1, ratio)
  const first = new Int32Array(to)
  const weights: Float32Array[] = []
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5
    const start = Math.max(0, Math.ceil(centre - support))
    const end = Math.min(from - 1, Math.floor(centre + support))
    const taps = Float32Array.from({ length: end - start + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(start + k - centre) / support),
    )
    const sum = taps.reduce((a, b) => a + b, 0)
    first[i] = start
    weights.push(taps.map((w) => w / sum))
  }
  return { first, weights }
}

/** Scales to width x height: bilinear when growing, averaging over the covered samples when shrinking. */
export async function resize(source: Plane, width: number, height: number): Promise<Plane> {
  if (source.width === width && source.height === height) return source
  const { channels } = source
  const columns = triangleTaps(source.width, width)
  const rows = triangleTaps(source.height, height)
  const wide = new Float32Array(width * source.height * channels)
  const rest = createRest()
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < width; x++) {
      const taps = columns.weights[x]!
      const start = (y * source.width + columns.first[x]!) * channels
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let k = 0; k < taps.length; k++) sum += taps[k]! * source.data[start + k * channels + c]!
        wide[(y * width + x) * channels + c] = sum
      }
    }
    await rest(width * channels * columns.weights[0]!.length)
  }
  const data = new Uint8Array(width * height * channels)
  const row = width * channels
  for (let y = 0; y < height; y++) {
    const taps = rows.weights[y]!
    const start = rows.first[y]! * row
    for (let i = 0; i < row; i++) {
      let sum = 0
      for (let k = 0; k < taps.length; k++) sum += taps[k]! * wide[start + k * row + i]!
      data[y * row + i] = Math.round(sum)
    }
    await rest(row * taps.length)
  }
  return { width, height, channels, data }
}

function createRest(): (work: number) => Promise<void> | undefined {
  let done = 0
  return (work) => {
    done += work
    if (done < WORK_PER_TURN) return undefined
    done = 0
    return new Promise((resolve) => setTimeout(resolve, 0))
  }
}

/** Copies `source` into `target` with its corner at left, top; what falls outside is left out. Same channels. */
export function blit(target: Plane, source: Plane, left: number, top: number): void {
  const { channels } = target
  const from = Math.max(0, -left)
  const to = Math.min(source.width, target.width - left)
  if (to <= from) return
  for (let y = Math.max(0, -top); y < Math.min(source.height, target.height - top); y++) {
    const start = (y * source.width + from) * channels
    const end = (y * source.width + to) * channels
    target.data.set(source.data.subarray(start, end), ((y + top) * target.width + left + from) * channels)
  }
}
