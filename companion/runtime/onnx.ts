import { parse, sep } from 'node:path'
import * as ort from 'onnxruntime-node'
import type { Graph, Value } from '../graph/graph.ts'
import type { Network, Tensor, Tensors } from './tensor.ts'

export type Device = 'cpu' | 'webgpu'

/**
 * Loads a graph on a device; its weights stay in the files they are in.
 * Throws what onnxruntime says: the device is missing, a file is unreadable, memory has run out.
 */
export async function loadNetwork(graph: Graph, device: Device): Promise<Network> {
  const { root, locate } = placement(graph)
  const session = await ort.InferenceSession.create(graph.model(locate), {
    executionProviders: [device === 'cpu' ? 'cpu' : { name: 'webgpu', validationMode: 'basic' }],
    // Beyond 'extended' convolutions are repacked: a fifth faster at most, for three times the memory and load time.
    graphOptimizationLevel: 'extended',
    // Planning activations as one block costs 280 MB for SD 1.5 and saves no time.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        // With the root as folder, a location may be any file on the same drive.
        model_external_initializers_file_folder_path: root,
        intra_op: { allow_spinning: '0' },
        // Repacked matrices take twice as long to load (4.7 s against 2.4 s for SD 1.5) and run no faster.
        disable_prepacking: '1',
        // A node that silently runs on the CPU makes a GPU slower than no GPU.
        ...(device === 'webgpu' && { disable_cpu_ep_fallback: '1' }),
      },
    },
  })
  return {
    async run(inputs) {
      const results = await session.run(feeds(graph, inputs))
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(name, value)]))
    },
    dispose: () => session.release(),
  }
}

/** ONNX Runtime takes locations relative to one folder and refuses to leave it: the root of the drive. */
function placement(graph: Graph): { root: string; locate: (file: string) => string } {
  const roots = new Set(graph.files.map((file) => parse(file).root))
  if (roots.size > 1) {
    throw new Error(`the model's files lie on ${[...roots].join(' and ')}; put them on one drive`)
  }
  const [root = sep] = roots
  return { root, locate: (file) => file.slice(root.length) }
}

function feeds(graph: Graph, inputs: Tensors): Record<string, ort.Tensor> {
  const unknown = Object.keys(inputs).find((name) => !graph.inputs.has(name))
  if (unknown !== undefined) throw new Error(`graph ${graph.name} has no input ${unknown}`)
  return Object.fromEntries([...graph.inputs].map(([name, value]) => [name, toOrt(graph, value, inputs[name])]))
}

function toOrt(graph: Graph, { name, shape }: Value, given: Tensor | undefined): ort.Tensor {
  if (!given) throw new Error(`graph ${graph.name} misses its input ${name}`)
  if (given.shape.join() !== shape.join()) {
    throw new Error(`graph ${graph.name} takes ${name} as [${shape.join(', ')}], not [${given.shape.join(', ')}]`)
  }
  return new ort.Tensor('float32', given.data, given.shape)
}

function fromOrt(name: string, value: ort.Tensor): Tensor {
  if (!(value.data instanceof Float32Array)) throw new Error(`output ${name} is ${value.type}, not float32`)
  return { shape: value.dims, data: value.data }
}
