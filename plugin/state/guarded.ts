import { noticeOf } from './notices.ts'
import type { Store } from './store.ts'

/** Does some work; what goes wrong with it is told to the person. The promise never rejects. */
export async function guarded({ dispatch }: Store, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    const notice = noticeOf(thrown)
    // What somebody cancelled says nothing, and takes nothing back that was said.
    if (notice !== undefined) dispatch({ type: 'notice', notice })
  }
}
