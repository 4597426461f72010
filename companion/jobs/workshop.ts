import type { Library } from '../models/library.ts'
import type { Keep } from './keep.ts'
import type { Networks } from './networks.ts'

/** What outlives a job and spares the next one work. */
export type Kept = Pick<Workshop, 'networks' | 'keep'>

/** What a job works with; it outlives the job, so that the next one finds what this one made. */
export interface Workshop {
  readonly library: Library
  readonly networks: Networks
  readonly keep: Keep
  /** What unfinished pictures are shown by: a formula for each pixel of the latents, or a tiny decoder. */
  readonly preview?: 'linear' | 'taesd'
}
