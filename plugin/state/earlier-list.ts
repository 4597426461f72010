import type { Earlier, KeptSpace } from '../../shared/earlier.ts'

/** The earlier pictures as far as the panel shows them. */
export interface EarlierList {
  readonly isOpen: boolean
  readonly search: string
  /** Newest first. */
  readonly entries: readonly Earlier[]
  /** Whether the companion keeps more before the last of them. */
  readonly more: boolean
  readonly space: KeptSpace | undefined
  /** Whether the companion was asked and has not answered. */
  readonly isLoading: boolean
  /** The one that the person is asked about before it is removed. */
  readonly removing: string | undefined
}

export const CLOSED_LIST: EarlierList = {
  isOpen: false,
  search: '',
  entries: [],
  more: false,
  space: undefined,
  isLoading: false,
  removing: undefined,
}
