import { Graph } from '../graph/graph.ts'
import { matMul } from '../graph/ops.ts'
import { loadNetwork, type Device } from './onnx.ts'

/** A product of matrices of this side is what a step consists of; several in a row hide the way to the device and back. */
const SIDE = 512
const PRODUCTS = 4
/** Measured again and again for so long; a device for which this is too short has lost anyway. */
const MEASURING_MS = 250

/** Milliseconds a device takes for products of matrices, warmed up. */
export async function matMulMs(device: Device): Promise<number> {
  const g = new Graph('speed-test', { attention: 'fused' })
  const shape = [SIDE, SIDE]
  const factor = g.input('factor', shape)
  let product = factor
  for (let i = 0; i < PRODUCTS; i++) product = matMul(product, factor)
  g.output('product', product)

  const network = await loadNetwork(g, device)
  try {
    // Entries this small keep the numbers of every product finite.
    const data = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i) / SIDE)
    const run = () => network.run({ factor: { shape, data } })
    await run()
    // The shortest counts: whatever else the machine does only makes one longer.
    let shortest = Infinity
    const end = performance.now() + MEASURING_MS
    do {
      const started = performance.now()
      await run()
      shortest = Math.min(shortest, performance.now() - started)
    } while (performance.now() < end)
    return shortest
  } finally {
    await network.dispose()
  }
}
