/** The part of a run's steps on which something acts, in 0..1. */
export interface PartOfSteps {
  readonly start: number
  readonly end: number
}

/** Whether something acts at step i of n: the whole step must lie within its part. */
export const acts = ({ start, end }: PartOfSteps, { i, n }: { readonly i: number; readonly n: number }): boolean =>
  i / n >= start && (i + 1) / n <= end
