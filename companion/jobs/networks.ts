import { totalmem } from 'node:os'
import { LRUCache } from 'lru-cache'
import type { Graph, GraphOptions } from '../graph/graph.ts'
import { loadNetwork, type Device } from '../runtime/onnx.ts'
import type { Network, Tensors } from '../runtime/tensor.ts'

/** Loaded networks, kept while memory lasts; counts what runs. */
export interface Networks {
  readonly options: GraphOptions
  /** Loads the network of that key, if it is not loaded, so that running it takes no longer than it must. */
  load(key: string, build: () => Graph): Promise<void>
  /** Runs the network of that key, building and loading it first if it is not loaded. */
  run(key: string, build: () => Graph, inputs: Tensors): Promise<Tensors>
  /** Gives back the memory of the network of that key, if it is loaded. */
  unload(key: string): void
  /** Runs since the last call, by the graph's name. */
  takeCounts(): Record<string, number>
  /** Networks loaded since the last call. */
  takeLoads(): number
}

/** Part of the machine's memory that weights may fill; the least recently used networks make room. */
const MEMORY_SHARE = 0.6

export function createNetworks(device: Device, options: GraphOptions, budget = MEMORY_SHARE * totalmem()): Networks {
  const loaded = new LRUCache<string, { name: string; network: Network }>({
    maxSize: Math.floor(budget),
    // A network that cannot even be given back takes nobody with it.
    dispose: ({ network }) => void network.dispose().catch(() => undefined),
  })
  let counts: Record<string, number> = {}
  let loads = 0

  const load = async (key: string, build: () => Graph) => {
    const known = loaded.get(key)
    if (known) return known
    const graph = build()
    // A network larger than the whole budget still runs, alone.
    const size = Math.min(Math.max(graph.weightBytes, 1), loaded.maxSize)
    makeRoom(loaded, size)
    const entry = { name: graph.name, network: await loadNetwork(graph, device) }
    loaded.set(key, entry, { size })
    loads++
    return entry
  }

  return {
    options,
    async load(key, build) {
      await load(key, build)
    },
    async run(key, build, inputs) {
      const { name, network } = await load(key, build)
      counts[name] = (counts[name] ?? 0) + 1
      return network.run(inputs)
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
function makeRoom(loaded: LRUCache<string, { name: string; network: Network }>, size: number): void {
  while (loaded.size > 0 && loaded.calculatedSize + size > loaded.maxSize) loaded.pop()
}
