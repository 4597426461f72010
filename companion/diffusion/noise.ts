/** A stream of standard normal numbers. */
export interface NoiseSource {
  /** The next `length` numbers of the stream, at least 16. */
  normal(length: number): Float32Array<ArrayBuffer>
}

/**
 * The noise torch's CPU generator makes: `torch.Generator("cpu").manual_seed(seed)`, then `torch.randn` in float32 for each
 * call, so that a seed gives the picture it gives elsewhere (aten/src/ATen/native/cpu/DistributionTemplates.h).
 */
export function torchNoise(seed: number): NoiseSource {
  const next = mersenneTwister(seed)
  const uniform = () => (next() & 0xffffff) / 2 ** 24
  return {
    normal(length) {
      if (length < BLOCK) throw new RangeError(`torch draws fewer than ${BLOCK} numbers in another way`)
      const values = Float32Array.from({ length }, uniform)
      for (let start = 0; start + BLOCK <= length; start += BLOCK) boxMuller(values, start)
      if (length % BLOCK !== 0) {
        // The last sixteen are drawn anew, not just those that are left over.
        for (let i = length - BLOCK; i < length; i++) values[i] = uniform()
        boxMuller(values, length - BLOCK)
      }
      return values
    },
  }
}

const BLOCK = 16

const TWO_PI = Math.fround(2 * Math.PI)

/**
 * Sixteen uniform numbers to sixteen normal ones, the first eight with the cosine, the others with the sine.
 * The angle is rounded to float32 as torch rounds it, which moves the result by up to 1e-6.
 */
function boxMuller(values: Float32Array, start: number): void {
  for (let j = start; j < start + BLOCK / 2; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[j]!))
    const angle = Math.fround(TWO_PI * values[j + BLOCK / 2]!)
    values[j] = radius * Math.cos(angle)
    values[j + BLOCK / 2] = radius * Math.sin(angle)
  }
}

/** MT19937 (Matsumoto and Nishimura 1998): 32-bit integers; a seed's low 32 bits count. */
function mersenneTwister(seed: number): () => number {
  const [size, middle] = [624, 397]
  const state = new Uint32Array(size)
  state[0] = seed % 2 ** 32
  for (let i = 1; i < size; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = Math.imul(1812433253, previous) + i
  }
  let at = size
  const twist = () => {
    for (let i = 0; i < size; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff)
      state[i] = state[(i + middle) % size]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0)
    }
    at = 0
  }
  return () => {
    if (at === size) twist()
    let y = state[at++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}
