/**
 * Sinusoidal embedding of a timestep (Vaswani et al. 2017, section 3.5; Ho et al. 2020): cosines first, then sines, over
 * frequencies from 1 down to nearly 1/10000. Computed in float32, as the reference does.  -> [width]
 */
export function sinusoid(timestep: number, width: number): Float32Array<ArrayBuffer> {
  const half = width / 2
  const embedding = new Float32Array(width)
  for (let k = 0; k < half; k++) {
    const frequency = Math.fround(Math.exp(Math.fround(Math.fround(-Math.log(10000) * k) / half)))
    const angle = Math.fround(Math.fround(timestep) * frequency)
    embedding[k] = Math.cos(angle)
    embedding[half + k] = Math.sin(angle)
  }
  return embedding
}

/** Guidance is told in thousandths above 1. */
const GUIDANCE_SCALE = 1000

/**
 * Embedding of the guidance for latent consistency models (arXiv:2310.04378, section 4.3): like a timestep's, but sines
 * first, and the last frequency is 1/10000 itself. Computed in float64: angles are thousands, of which float32 would lose
 * the fourth digit after the point.  -> [width]
 */
export function guidanceEmbedding(guidance: number, width: number): Float32Array<ArrayBuffer> {
  const half = width / 2
  const embedding = new Float32Array(width)
  for (let k = 0; k < half; k++) {
    const frequency = Math.exp((-Math.log(10000) * k) / (half - 1))
    const angle = (guidance - 1) * GUIDANCE_SCALE * frequency
    embedding[k] = Math.sin(angle)
    embedding[half + k] = Math.cos(angle)
  }
  return embedding
}
