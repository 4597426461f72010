import { attention } from '../graph/nn.ts'
import { Graph, type GraphOptions } from '../graph/graph.ts'
import { loadNetwork, type Device } from './onnx.ts'
import { matMulMs } from './speed-test.ts'

/** Where and how the networks will run, and the reason in words. */
export interface DeviceChoice {
  readonly device: Device
  readonly attention: GraphOptions['attention']
  readonly reason: string
}

/** Sizes at which drivers have been seen to differ: a UNet's cross-attention, and the autoencoder's one wide head. */
const CASES = [
  { queries: 64, keys: 77, width: 80, heads: 2 },
  { queries: 64, keys: 64, width: 512, heads: 1 },
] as const

/** Largest difference from exact attention that still counts as right; broken drivers are off by 0.02 and more. */
const TOLERANCE = 1e-3

/**
 * Chooses a device by what it computes, not by what it claims: attention on WebGPU is wrong on some drivers, and some
 * GPUs are software. `auto` takes the GPU when either way of writing attention comes out right there and it is the faster
 * of the two, otherwise the CPU, and says why. Throws when `webgpu` is asked for and unusable.
 */
export async function chooseDevice(wanted: Device | 'auto'): Promise<DeviceChoice> {
  if (wanted === 'cpu') return { device: 'cpu', attention: 'fused', reason: 'as asked' }
  try {
    const gpu = await correctGpu()
    if (wanted === 'webgpu') return gpu
    const [cpuMs, gpuMs] = [await matMulMs('cpu'), await matMulMs('webgpu')]
    const figures = `(${gpuMs.toFixed(1)} ms against ${cpuMs.toFixed(1)} ms for the same work)`
    if (gpuMs < cpuMs) return { ...gpu, reason: `${gpu.reason}; it is faster than the CPU here ${figures}` }
    return { device: 'cpu', attention: 'fused', reason: `the GPU is slower than the CPU here ${figures}` }
  } catch (cause) {
    const why = inWords(cause)
    if (wanted === 'webgpu') throw new Error(`WebGPU cannot be used: ${why}`, { cause })
    return { device: 'cpu', attention: 'fused', reason: `no usable GPU: ${why}` }
  }
}

/** The GPU with the way of writing attention that comes out right on it, the faster one first; throws when neither does. */
async function correctGpu(): Promise<DeviceChoice> {
  for (const attention of ['fused', 'decomposed'] as const) {
    if ((await attentionError('webgpu', attention)) > TOLERANCE) continue
    const how = attention === 'fused' ? '' : '; its fused attention is wrong, so attention is computed in parts'
    return { device: 'webgpu', attention, reason: `the GPU passed the self-test${how}` }
  }
  throw new Error('the GPU computes attention wrongly')
}

/** The first sentence of what onnxruntime says, without the place in its sources. */
function inWords(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  if (text.includes('Failed to get a WebGPU adapter')) return 'this machine offers no WebGPU adapter'
  return text.split('\n', 1)[0]!.replace(/^\/\S+:\d+ .*?\) /, '')
}

/** Largest difference between attention as the device computes it and as the formula says. */
export async function attentionError(device: Device, mode: GraphOptions['attention']): Promise<number> {
  let worst = 0
  for (const { queries, keys, width, heads } of CASES) {
    const g = new Graph('self-test', { attention: mode })
    const [q, k, v] = [g.input('q', [queries, width]), g.input('k', [keys, width]), g.input('v', [keys, width])]
    g.output('out', attention(q, k, v, { heads }))
    const wave = (rows: number, phase: number) =>
      Float32Array.from({ length: rows * width }, (_, i) => Math.sin(phase + i * 1.7))
    const given = { q: wave(queries, 0), k: wave(keys, 1), v: wave(keys, 2) }
    const network = await loadNetwork(g, device)
    try {
      const { out } = await network.run({
        q: { shape: [queries, width], data: given.q },
        k: { shape: [keys, width], data: given.k },
        v: { shape: [keys, width], data: given.v },
      })
      const exact = exactAttention(given, { width, heads, keys, queries })
      out!.data.forEach((value, i) => {
        const error = Math.abs(value - exact[i]!)
        worst = error <= worst ? worst : Number.isNaN(error) ? Infinity : error
      })
    } finally {
      await network.dispose()
    }
  }
  return worst
}

function exactAttention(
  { q, k, v }: { q: Float32Array; k: Float32Array; v: Float32Array },
  { width, heads, keys, queries }: { width: number; heads: number; keys: number; queries: number },
): Float64Array {
  const d = width / heads
  const out = new Float64Array(queries * width)
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < queries; i++) {
      const logits = Array.from({ length: keys }, (_, j) => {
        let dot = 0
        for (let c = head * d; c < (head + 1) * d; c++) dot += q[i * width + c]! * k[j * width + c]!
        return dot / Math.sqrt(d)
      })
      const highest = Math.max(...logits)
      const weights = logits.map((logit) => Math.exp(logit - highest))
      const sum = weights.reduce((a, b) => a + b, 0)
      for (let c = head * d; c < (head + 1) * d; c++) {
        out[i * width + c] = weights.reduce((total, weight, j) => total + weight * v[j * width + c]!, 0) / sum
      }
    }
  }
  return out
}
