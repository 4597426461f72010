import type { Phase } from '../../shared/protocol.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { weightsOf } from './draft.ts'
import { advance, type Pace } from './pace.ts'

/** A picture being made, or waiting for its turn. `adjust` follows the slider; `imprint` makes a new picture. */
export interface Run {
  readonly id: number
  readonly kind: 'imprint' | 'adjust'
  /** What it was ordered with. */
  readonly recipe: Recipe
  readonly weights: readonly number[]
  readonly phase: Phase | 'sending' | 'waiting' | 'placing'
  /** Pictures that come first, of this panel and of others. */
  readonly ahead: number
  readonly pace: Pace
  /** The unfinished picture for an img element. */
  readonly preview: string | undefined
}

/** What becomes of runs. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly id: number; readonly kind: Run['kind']; readonly recipe: Recipe }
  | { readonly type: 'run-phase'; readonly id: number; readonly phase: Run['phase']; readonly ahead?: number }
  | {
      readonly type: 'run-step'
      readonly id: number
      readonly step: number
      readonly steps: number
      /** Milliseconds of a clock that only moves forward. */
      readonly at: number
    }
  | { readonly type: 'run-preview'; readonly id: number; readonly url: string }
  /** Changes places with the run before or behind it. */
  | { readonly type: 'run-moved'; readonly id: number; readonly by: -1 | 1 }
  | { readonly type: 'run-ended'; readonly id: number }

const NOT_STARTED: Pace = { step: 0, steps: 0, since: undefined, secondsLeft: undefined }

/** How the companion is asked to order runs. */
export const runName = (id: number): string => `run ${id}`

/** Whether the companion has begun with it, so that nothing can come before it any more. */
export const isBegun = ({ phase, ahead }: Run): boolean => phase !== 'sending' && (phase !== 'waiting' || ahead === 0)

/** The runs after an event, in the order they are made; pure. Events of a run that is over change nothing. */
export function changedRuns(runs: readonly Run[], event: RunEvent): readonly Run[] {
  switch (event.type) {
    case 'run-started': {
      const { id, kind, recipe } = event
      const weights = weightsOf(recipe)
      return [...runs, { id, kind, recipe, weights, phase: 'sending', ahead: 0, pace: NOT_STARTED, preview: undefined }]
    }
    case 'run-phase':
      return begunFirst(inRun(runs, event.id, () => ({ phase: event.phase, ahead: event.ahead ?? 0 })))
    case 'run-step':
      return begunFirst(inRun(runs, event.id, ({ pace }) => ({ phase: 'denoising', pace: advance(pace, event) })))
    case 'run-preview':
      return inRun(runs, event.id, () => ({ preview: event.url }))
    case 'run-moved':
      return moved(runs, event)
    case 'run-ended':
      return runs.filter(({ id }) => id !== event.id)
  }
}

function inRun(runs: readonly Run[], id: number, change: (run: Run) => Partial<Run>): readonly Run[] {
  return runs.map((run) => (run.id === id ? { ...run, ...change(run) } : run))
}

/** What the companion begins with comes first, whatever was wanted while it did. */
const begunFirst = (runs: readonly Run[]): readonly Run[] => [
  ...runs.filter(isBegun),
  ...runs.filter((run) => !isBegun(run)),
]

function moved(runs: readonly Run[], { id, by }: { readonly id: number; readonly by: -1 | 1 }): readonly Run[] {
  const at = runs.findIndex((run) => run.id === id)
  const [run, other] = [runs[at], runs[at + by]]
  if (run === undefined || other === undefined || isBegun(run) || isBegun(other)) return runs
  return runs.with(at, other).with(at + by, run)
}
