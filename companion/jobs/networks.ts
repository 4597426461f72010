import { statSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import type { Graph, GraphOptions } from '../graph/graph.ts'
import { fileIdentity, type Part } from '../models/part.ts'
import { loadNetwork, type Device } from '../runtime/onnx.ts'
import { loadStoredNetwork } from '../runtime/stored-network.ts'
import type { Network, Tensor, Tensors } from '../runtime/tensor.ts'
import { usualMemory } from './usual-memory.ts'

/** Loaded networks, kept while memory lasts; counts what runs. */
export interface Networks {
  readonly options: GraphOptions
  /** Loads the network of that key, if it is not loaded, so that running it takes no longer than it must. */
  load(key: string, build: () => Graph): Promise<void>
  /**
   * Runs the network of that key, building and loading it first if it is not loaded. It is told those of its part's LoRA
   * strengths that it asks for.
   */
  run(key: string, build: () => Graph, inputs: Tensors, strengths?: Part<unknown>['strengths']): Promise<Tensors>
  /** Runs the network of somebody's own ONNX file, which has one input, loading it first; outputs in the order of the file. */
  runStored(name: string, path: string, input: Tensor): Promise<readonly Tensor[]>
  /** Gives back the memory of the network of that key, if it is loaded. */
  unload(key: string): void
  /** Runs since the last call, by the graph's name. */
  takeCounts(): Record<string, number>
  /** Networks loaded since the last call. */
  takeLoads(): number
}

interface Loaded {
  readonly name: string
  /** The names of its inputs. */
  readonly inputs: readonly string[]
  readonly network: Network
}

/** A network that is about to be loaded, and the memory it will take. */
interface Prepared extends Omit<Loaded, 'network'> {
  readonly bytes: number
  readonly open: () => Promise<Network>
}

export function createNetworks(device: Device, options: GraphOptions, budget = usualMemory()): Networks {
  const loaded = new LRUCache<string, Loaded>({
    maxSize: Math.floor(budget),
    // A network that cannot even be given back takes nobody with it.
    dispose: ({ network }) => void network.dispose().catch(() => undefined),
  })
  let counts: Record<string, number> = {}
  let loads = 0

  const opened = async (key: string, prepare: () => Prepared) => {
    const known = loaded.get(key)
    if (known) return known
    const { name, inputs, bytes, open } = prepare()
    // A network larger than the whole budget still runs, alone.
    const size = Math.min(Math.max(bytes, 1), loaded.maxSize)
    makeRoom(loaded, size)
    const entry = { name, inputs, network: await open() }
    loaded.set(key, entry, { size })
    loads++
    return entry
  }

  const load = (key: string, build: () => Graph) =>
    opened(key, () => {
      const graph = build()
      const { name, weightBytes: bytes } = graph
      return { name, inputs: [...graph.inputs.keys()], bytes, open: () => loadNetwork(graph, device) }
    })

  const run = ({ name, network }: Loaded, inputs: Tensors) => {
    counts[name] = (counts[name] ?? 0) + 1
    return network.run(inputs)
  }

  return {
    options,
    async load(key, build) {
      await load(key, build)
    },
    async run(key, build, inputs, strengths = {}) {
      const network = await load(key, build)
      return run(network, { ...inputs, ...asked(network, strengths) })
    },
    async runStored(name, path, input) {
      const prepare = () => ({ name, inputs: [STORED_INPUT], bytes: statSync(path).size, open: () => openStored(path) })
      return Object.values(
        await run(await opened(`${name} of ${fileIdentity(path)}`, prepare), { [STORED_INPUT]: input }),
      )
    },
    unload(key) {
      loaded.delete(key)
    },
    takeCounts() {
      const taken = counts
      counts = {}
      return taken
    },
    takeLoads() {
      const taken = loads
      loads = 0
      return taken
    },
  }
}

/** Before loading, not after: two large networks at once may be more than the machine has. */
function makeRoom(loaded: LRUCache<string, Loaded>, size: number): void {
  while (loaded.size > 0 && loaded.calculatedSize + size > loaded.maxSize) loaded.pop()
}

const asked = ({ inputs }: Loaded, strengths: Readonly<Record<string, number>>): Tensors =>
  Object.fromEntries(
    Object.entries(strengths)
      .filter(([name]) => inputs.includes(name))
      .map(([name, strength]) => [name, { shape: [1], data: Float32Array.of(strength) }]),
  )

/** What the one input of somebody's own file is called here, whatever the file calls it. */
const STORED_INPUT = 'input'

/** Somebody's own file as the graphs Imprint writes: one input, and outputs by their place. */
async function openStored(path: string): Promise<Network> {
  const stored = await loadStoredNetwork(path)
  return {
    async run(inputs) {
      const outputs = await stored.run(inputs[STORED_INPUT]!)
      return Object.fromEntries(outputs.map((output, i) => [`output ${i}`, output]))
    },
    dispose: () => stored.dispose(),
  }
}
