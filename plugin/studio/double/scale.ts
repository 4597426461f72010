import { heightOf, widthOf } from './geometry.ts'
import { depthOf, samples, type Surface } from './surface.ts'

/** A surface averaged down to `width` x `height` pixels; colour is weighted by alpha so that clear pixels do not bleed. */
export function shrink(surface: Surface, width: number, height: number): Surface {
  const { bounds, channels, data } = surface
  const fromWidth = widthOf(bounds)
  const columns = spans(fromWidth, width)
  const rows = spans(heightOf(bounds), height)
  const out = samples(depthOf(data), width * height * channels)
  const whole = data instanceof Float32Array ? (v: number) => v : Math.round
  const sum = new Float64Array(channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sum.fill(0)
      let area = 0
      for (const [row, tall] of rows[y]!) {
        for (const [column, wide] of columns[x]!) {
          const at = (row * fromWidth + column) * channels
          const share = tall * wide
          area += share
          if (channels === 1) sum[0]! += share * data[at]!
          else {
            const weight = share * data[at + 3]!
            for (let c = 0; c < 3; c++) sum[c]! += weight * data[at + c]!
            sum[3]! += weight
          }
        }
      }
      const to = (y * width + x) * channels
      const opacity = sum[channels - 1]!
      for (let c = 0; c < channels - 1; c++) out[to + c] = opacity === 0 ? 0 : whole(sum[c]! / opacity)
      out[to + channels - 1] = whole(opacity / area)
    }
  }
  return { bounds: { left: 0, top: 0, right: width, bottom: height }, channels, data: out }
}

/** For each of `to` cells, the source cells it covers and how much of each. */
function spans(from: number, to: number): (readonly [index: number, share: number])[][] {
  const step = from / to
  return Array.from({ length: to }, (_, cell) => {
    const start = cell * step
    const end = start + step
    const covered: [number, number][] = []
    for (let i = Math.floor(start); i < Math.min(from, Math.ceil(end - 1e-9)); i++)
      covered.push([i, Math.min(end, i + 1) - Math.max(start, i)])
    return covered
  })
}
