import type { Companion } from '../client/companion.ts'
import type { SettingsChange } from '../../shared/companion-settings.ts'
import { asImprintError } from '../../shared/errors.ts'
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

/** Has the companion work otherwise: what it has to work with then, or the sentence that says why nothing has changed. */
export async function changedFacts(companion: Companion, change: SettingsChange): Promise<CompanionFacts | string> {
  try {
    const about = await companion.set(change)
    // Another folder or device may have other models.
    return { models: await companion.models(), about }
  } catch (thrown) {
    return asImprintError(thrown).message
  }
}
