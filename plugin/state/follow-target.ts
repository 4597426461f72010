import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Keeps what the panel says about where the next picture goes true; the function says that something may have changed. */
export function createTargetFollower({ host }: Surroundings, { dispatch }: Store): () => void {
  let seen: string | undefined
  let again = false
  let isWorking = false

  const follow = async (): Promise<void> => {
    const where = await host.target()
    const isPart = where?.selected !== undefined
    // Without a selection there is no picture of it to draw anew after every stroke.
    const now = JSON.stringify([where, isPart && host.historyOf(where.documentId)])
    if (now === seen) return
    const map = isPart ? await host.targetMap(where).catch(() => undefined) : undefined
    dispatch({ type: 'target', target: where && { where, ...(map !== undefined && { map }) } })
    seen = now
  }

  const work = async (): Promise<void> => {
    isWorking = true
    while (again) {
      again = false
      // Photoshop tells once more when it is no longer busy.
      await follow().catch(() => undefined)
    }
    isWorking = false
  }

  return () => {
    again = true
    if (!isWorking) void work()
  }
}
