/** How the file being read is refused; each makes one sentence that names it. */
export interface Refusals {
  /** It does not hold what it says it holds. */
  readonly damaged: (what: string) => Error
  /** It is whole, but of a kind that is not used. */
  readonly refuse: (what: string) => Error
}
