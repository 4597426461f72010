/** A program that says what the runtime makes of the GPU in its environment, as one line of JSON. */
import process from 'node:process'
import { Graph } from '../../companion/graph/graph.ts'
import { loadNetwork } from '../../companion/runtime/onnx.ts'
import { attentionError, chooseDevice, type DeviceChoice } from '../../companion/runtime/self-test.ts'

export interface DeviceFindings {
  /** Largest error of attention on the GPU, written either way. */
  readonly fusedError: number
  readonly decomposedError: number
  readonly auto: DeviceChoice
  readonly webgpu: DeviceChoice
  /** What is said of a network with a node that the GPU cannot run. */
  readonly cpuNode: string
}

async function loadCpuNode(): Promise<string> {
  const g = new Graph('cpu-node', { attention: 'fused' })
  const x = g.input('x', [2, 2])
  g.output('y', g.node('FusedMatMul', [x, x], {}, [{ dtype: 'float32', shape: [2, 2] }], 'com.microsoft')[0]!)
  try {
    await loadNetwork(g, 'webgpu')
    return 'loaded'
  } catch (thrown) {
    return (thrown as Error).message
  }
}

const findings: DeviceFindings = {
  fusedError: await attentionError('webgpu', 'fused'),
  decomposedError: await attentionError('webgpu', 'decomposed'),
  auto: await chooseDevice('auto'),
  webgpu: await chooseDevice('webgpu'),
  cpuNode: await loadCpuNode(),
}
process.stdout.write(`${JSON.stringify(findings)}\n`)
