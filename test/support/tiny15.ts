import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import type { Workshop } from '../../companion/jobs/workshop.ts'
import { openLibrary } from '../../companion/models/library.ts'
import { fixture } from './golden.ts'

/** A workshop over the models among the fixtures, or in other folders, with nothing made or kept yet. */
export const tinyWorkshop = (...roots: string[]): Workshop => ({
  library: openLibrary(roots.length === 0 ? [fixture('models')] : roots),
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
})
