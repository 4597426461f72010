import { asImprintError, ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { sidesOfShape } from '../../shared/shape.ts'
import type { Engine, EngineEvent, GenerateRequest } from '../../companion/engine/engine.ts'

export interface FakeEngineOptions {
  readonly steps?: number
  /** Width and height of a result when the recipe names none. */
  readonly size?: readonly [number, number]
  /** Called before each step of each run, both counted from 0: block by a promise, die by throwing. */
  readonly beforeStep?: (step: number, run: number, signal: AbortSignal) => Promise<void> | void
}

export interface FakeEngine extends Engine {
  /** Every request so far, in the order they were started. */
  readonly requests: readonly GenerateRequest[]
}

/** An engine without networks: the picture is one colour, mixed from the references by their weights. */
export function fakeEngine({ steps: usual = 4, size = [64, 64], beforeStep }: FakeEngineOptions = {}): FakeEngine {
  const requests: GenerateRequest[] = []
  const encoded = new Set<string>()

  async function* generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<EngineEvent, void> {
    const run = requests.push(request) - 1
    const { recipe } = request
    const steps = request.quick ? 1 : (recipe.steps ?? usual)
    const runs: Record<string, number> = { unet: steps, 'vae-decoder': 1 }
    const count = (network: string, key: string): void => {
      if (!encoded.has(key)) runs[network] = (runs[network] ?? 0) + 1
      encoded.add(key)
    }
    count('clip-text', `text ${recipe.prompt}`)
    for (const name of Object.keys(request.pictures)) count('clip-vision', `picture ${name}`)

    for (const phase of ['loading', 'encoding'] as const) yield { type: 'progress', phase, step: 0, steps: 0 }
    const [width, height] = recipe.size ?? (request.shape ? sidesOfShape(request.shape, size[0] * size[1], 8) : size)
    const colour = mix(recipe, request.pictures)
    for (let step = 0; step < steps; step++) {
      await orAborted(Promise.resolve(beforeStep?.(step, run, signal)), signal)
      yield { type: 'progress', phase: 'denoising', step: step + 1, steps }
      if (!request.quick) yield { type: 'preview', step: step + 1, picture: fill(width / 8, height / 8, colour) }
    }
    yield { type: 'progress', phase: 'decoding', step: 0, steps: 0 }
    const filled = {
      ...recipe,
      size: [width, height] as [number, number],
      steps: recipe.steps ?? usual,
      seed: recipe.seed ?? 1,
    }
    yield {
      type: 'result',
      recipe: filled,
      picture: request.quick ? fill(width / 4, height / 4, colour) : fill(width, height, colour),
      runs,
      seconds: steps / 100,
      ...(request.score && !request.quick && { score: { reference: 0.8234 } }),
    }
  }

  return {
    requests,
    generate,
    device: () => Promise.resolve({ device: 'cpu', reason: 'A fake runs anywhere.' }),
    close: () => Promise.resolve(),
  }
}

/** The promise, or `cancelled` as soon as the signal aborts. */
async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(new ImprintError('cancelled', 'The run was cancelled.'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  // Whichever of the two is not waited for may still fail: nobody is left to hear it.
  aborted.catch(() => undefined)
  try {
    await Promise.race([promise, aborted])
  } catch (thrown) {
    throw asImprintError(thrown)
  }
}

/** Grey, drawn towards the first pixel of every reference by its weight. */
function mix({ references = [] }: Recipe, pictures: Readonly<Record<string, Raster>>): number[] {
  const colour = [128, 128, 128]
  for (const { image, images, weight = 1 } of references) {
    for (const name of images ?? (image === undefined ? [] : [image])) {
      const { data } = pictures[name]!
      colour.forEach((value, i) => (colour[i] = Math.min(255, Math.max(0, value + weight * (data[i]! - value)))))
    }
  }
  return colour.map(Math.round)
}

function fill(width: number, height: number, colour: readonly number[]): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3]!
  return { width, height, channels: 3, data }
}
