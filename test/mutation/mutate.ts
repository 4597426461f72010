import type { Change, Check } from './tree.ts'

/** A plausible mistake, in words, and the tests that must notice it. */
export interface Mutation extends Change {
  readonly mistake: string
  readonly check: Check
}

/** Mistakes in one file that one check must notice: what each is, the text of the file, and what stands there instead. */
export const mutate =
  (file: string, check: Check) =>
  (mistake: string, from: string, to: string): Mutation => ({ mistake, file, from, to, check })

/** The run of a fixture case against diffusers. */
export const caseOf = (name: string): Check => ({ file: 'parity/cases', name: `^${name}$` })
