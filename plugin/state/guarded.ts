import { noticeOf } from './notices.ts'
import type { Store } from './store.ts'

/** Does some work; what goes wrong with it is told to the person. The promise never rejects. */
export async function guarded({ dispatch }: Store, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    dispatch({ type: 'notice', notice: noticeOf(thrown) })
  }
}
