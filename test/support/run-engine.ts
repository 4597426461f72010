import type { TestContext } from 'node:test'
import { createChildEngine } from '../../companion/engine/child-engine.ts'
import type { Engine, EngineEvent, GenerateRequest, Result } from '../../companion/engine/engine.ts'
import { modelFolders } from '../../companion/cli/folders.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { watchChildren } from './child-processes.ts'
import { fixture } from './golden.ts'

/** A cancelled run has this long to answer by itself: longer than any test. */
export const PATIENT = 600_000
/** And this long when the test wants its process ended. */
export const IMPATIENT = 1

/** A step of this takes a good part of a second. */
export const SLOW: Recipe = { prompt: 'a fox', size: [512, 512], steps: 50, seed: 1, guidance: 1 }
/** And the whole of this not much longer. */
export const QUICK: Recipe = { prompt: 'a fox', size: [64, 64], steps: 3, seed: 1 }

/** A real engine over the fixtures and the starter model, with its processes as they start; the test's end closes it. */
export function realEngine(
  t: TestContext,
  { grace = PATIENT, device = 'cpu', models = fixture('models') }: RealEngineOptions = {},
): { engine: Engine; processes: ReturnType<typeof watchChildren>['started'] } {
  const { started, stop } = watchChildren()
  const engine = createChildEngine({ roots: modelFolders(models), device }, grace)
  t.after(async () => {
    await engine.close()
    stop()
  })
  return { engine, processes: started }
}

interface RealEngineOptions {
  readonly grace?: number
  readonly device?: 'cpu' | 'auto'
  readonly models?: string
}

/** All events of a run of the starter model, unless the recipe names another. */
export async function collect(
  engine: Engine,
  recipe: Recipe,
  { pictures = {}, signal = new AbortController().signal, on }: CollectOptions = {},
): Promise<EngineEvent[]> {
  const events: EngineEvent[] = []
  for await (const event of engine.generate({ recipe: { checkpoint: 'starter', ...recipe }, pictures }, signal)) {
    events.push(event)
    on?.(event)
  }
  return events
}

interface CollectOptions {
  readonly pictures?: GenerateRequest['pictures']
  readonly signal?: AbortSignal
  readonly on?: (event: EngineEvent) => void
}

/** A run's result. */
export async function resultOf(engine: Engine, recipe: Recipe, options: CollectOptions = {}): Promise<Result> {
  const last = (await collect(engine, recipe, options)).at(-1)
  if (last?.type !== 'result') throw new Error(`the run ended with ${JSON.stringify(last)}`)
  return last
}

/** Whether an event tells of a step done. */
export const isStep = (event: EngineEvent): boolean =>
  event.type === 'progress' && event.phase === 'denoising' && event.step > 0
