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
