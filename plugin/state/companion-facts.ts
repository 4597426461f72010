import type { Companion } from '../client/companion.ts'
import type { About } from '../../shared/about.ts'
import type { ModelRecord } from '../../shared/protocol.ts'

/** The models a companion found and what it has to work with. */
export interface CompanionFacts {
  readonly models: readonly ModelRecord[]
  readonly about: About
}

/** Asks the companion; undefined while there is none. */
export async function companionFacts(companion: Companion): Promise<CompanionFacts | undefined> {
  try {
    const [models, about] = await Promise.all([companion.models(), companion.about()])
    return { models, about }
  } catch {
    return undefined
  }
}
