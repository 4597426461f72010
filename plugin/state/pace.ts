/** How far the denoising is and how long the rest takes at the rate measured so far. */
export interface Pace {
  readonly step: number
  readonly steps: number
  /** The first step seen and when, in milliseconds: what came before was loading, not denoising. */
  readonly since: { readonly step: number; readonly at: number } | undefined
  readonly secondsLeft: number | undefined
}

/** The pace after `step` of `steps` are done at `at` milliseconds. */
export function advance(pace: Pace, now: { readonly step: number; readonly steps: number; readonly at: number }): Pace {
  const { step, steps, at } = now
  const since = pace.since ?? { step, at }
  const done = step - since.step
  const secondsLeft = done > 0 ? ((at - since.at) / 1000 / done) * (steps - step) : undefined
  return { step, steps, since, secondsLeft }
}
