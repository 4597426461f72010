/** Measures the full-size UNet in a process of its own, so that peak memory is the engine's alone. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import type { Recipe } from '../../shared/recipe.ts'
import { imprint } from '../jobs/imprint.ts'
import { createKeep } from '../jobs/keep.ts'
import { createNetworks, type Networks } from '../jobs/networks.ts'
import type { Workshop } from '../jobs/workshop.ts'
import { openLibrary } from '../models/library.ts'
import { FULL_SIZE, type FullSize } from './published-sizes.ts'

/** One load or run of a network, in milliseconds of this process's clock. */
interface Run {
  readonly what: string
  readonly begin: number
  readonly end: number
}

export interface FullSizeFigures {
  readonly openSeconds: number
  readonly loadSeconds: number
  readonly secondsPerEvaluation: readonly number[]
  readonly betweenStepsMs: readonly number[]
  readonly sliderToFirstCallMs: readonly number[]
  /** Evaluations with a LoRA beside every projection of the transformers. */
  readonly secondsPerEvaluationWithLora: readonly number[]
  /**
   * Networks loaded for the first picture, for all those together that differ from it by the reference's weight, for the
   * first one with a LoRA, and for one more that differs from that by both weights.
   */
  readonly loads: Readonly<Record<'first' | 'referenceWeight' | 'lora' | 'loraWeight', number>>
  readonly peakMB: number
  readonly anonymousMB: number | undefined
  readonly mappedMB: number | undefined
  readonly threads: number
}

function observed(networks: Networks, runs: Run[]): Networks {
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const begin = performance.now()
    const made = await work()
    runs.push({ what, begin, end: performance.now() })
    return made
  }
  const name = (key: string) => key.split(' ', 1)[0]!
  return {
    ...networks,
    load: (key, build) => timed(`load ${name(key)}`, () => networks.load(key, build)),
    run: (key, build, inputs, strengths) => timed(name(key), () => networks.run(key, build, inputs, strengths)),
  }
}

interface Choice {
  readonly side: number
  readonly steps: number
  readonly weight: number
  /** How strong the LoRA is; there is none where this is absent. */
  readonly lora?: number
}

async function picture(shop: Workshop, { side, steps, weight, lora }: Choice): Promise<void> {
  const recipe: Recipe = {
    prompt: 'a red fox',
    size: [side, side],
    seed: 1,
    steps,
    guidance: 1,
    sampler: 'euler',
    references: [{ image: 'grey', weight }],
    loras: lora === undefined ? [] : [{ file: 'full-size-lora', weight: lora }],
  }
  const grey = { width: 64, height: 64, channels: 3, data: new Uint8Array(3 * 64 * 64).fill(128) } as const
  for await (const event of imprint(shop, { recipe, pictures: { grey } })) {
    // What is measured is the UNet; the autoencoder that follows is the small starter model's.
    if (event.type === 'progress' && event.phase === 'decoding') return
  }
}

/** Kilobytes in a line of /proc/self/status, as megabytes; undefined where there is no such file. */
function status(line: string): number | undefined {
  try {
    const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
    return found ? Number(found[1]) / 1024 : undefined
  } catch {
    return undefined
  }
}

async function measure(folder: string, size: FullSize, positions: number, steps: number): Promise<FullSizeFigures> {
  const runs: Run[] = []
  const opening = performance.now()
  const library = openLibrary([folder])
  library.checkpoint(undefined)
  const openSeconds = (performance.now() - opening) / 1000
  const networks = observed(createNetworks('cpu', { attention: 'fused' }), runs)
  const shop = { library, networks, keep: createKeep() }
  const { side } = FULL_SIZE[size]
  const loadsOf = async (choice: Omit<Choice, 'side'>) => {
    networks.takeLoads()
    await picture(shop, { side, ...choice })
    return networks.takeLoads()
  }

  const first = await loadsOf({ weight: 0.3, steps: 1 })
  const load = runs.find(({ what }) => what === 'load unet')!
  const evaluations: number[] = []
  const between: number[] = []
  const slider: number[] = []
  let referenceWeight = 0
  for (let i = 0; i < positions; i++) {
    runs.length = 0
    const moved = performance.now()
    referenceWeight += await loadsOf({ weight: 0.4 + i / 10, steps })
    const unet = runs.filter(({ what }) => what === 'unet')
    slider.push(unet[0]!.begin - moved)
    evaluations.push(...secondsOf(runs))
    unet.slice(1).forEach(({ begin }, j) => between.push(begin - unet[j]!.end))
  }
  const withLora = { lora: 0, loraWeight: 0 }
  runs.length = 0
  // Where no position is asked for, loading alone is measured.
  if (positions > 0) {
    withLora.lora = await loadsOf({ weight: 0.4, steps: 1, lora: 0.8 })
    withLora.loraWeight = await loadsOf({ weight: 0.5, steps: 1, lora: 0.4 })
  }
  return {
    openSeconds,
    loadSeconds: (load.end - load.begin) / 1000,
    secondsPerEvaluation: evaluations,
    secondsPerEvaluationWithLora: secondsOf(runs),
    betweenStepsMs: between,
    sliderToFirstCallMs: slider,
    loads: { first, referenceWeight, ...withLora },
    ...memory(),
    threads: availableParallelism(),
  }
}

/** How long each evaluation of the UNet took. */
const secondsOf = (runs: readonly Run[]): number[] =>
  runs.filter(({ what }) => what === 'unet').map(({ begin, end }) => (end - begin) / 1000)

const memory = () => ({
  peakMB: process.resourceUsage().maxRSS / 1024,
  anonymousMB: status('RssAnon'),
  mappedMB: status('RssFile'),
})

const [folder = '', size = 'sd15', positions = '2', steps = '4'] = process.argv.slice(2)
process.send?.(await measure(folder, size as FullSize, Number(positions), Number(steps)))
