import type { PsCore, PsModalContext } from '../types/photoshop.ts'
import { asHostError, isBusy } from './host-error.ts'

interface ModalOptions {
  readonly commandName: string
  /** How long to keep asking a busy Photoshop, in milliseconds. */
  readonly patience: number
}

export type RunModal = <T>(options: ModalOptions, target: (context: PsModalContext) => Promise<T>) => Promise<T>

/** Seconds that Photoshop 25.10 and later waits by itself before it says that it is busy. */
const HOST_TIMEOUT = 1
const RETRY_AFTER = 250

/**
 * The one door to executeAsModal: our own requests queue here, so that the panel never blocks itself, and a busy
 * Photoshop is asked again until `patience` ends, but only while the target has never started; `onWaiting` hears of that.
 */
export function createModalGate(core: PsCore, onWaiting: (isWaiting: boolean) => void): RunModal {
  let last: Promise<unknown> = Promise.resolve()

  const attempt: RunModal = async (options, target) => {
    const deadline = Date.now() + options.patience
    const begun = { yes: false }
    for (;;) {
      try {
        return await core.executeAsModal(
          (context) => {
            begun.yes = true
            return target(context)
          },
          { commandName: options.commandName, timeOut: HOST_TIMEOUT },
        )
      } catch (thrown) {
        if (begun.yes || !isBusy(thrown) || Date.now() >= deadline) throw asHostError(thrown)
        onWaiting(true)
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
      }
    }
  }

  return (options, target) => {
    const turn = last.then(() => attempt(options, target)).finally(() => onWaiting(false))
    last = turn.catch(() => undefined)
    return turn
  }
}

/** Runs `change` as one history step of a document; a change that throws leaves no step behind. */
export async function asOneStep<T>(
  context: PsModalContext,
  step: { readonly documentID: number; readonly name: string },
  change: () => Promise<T>,
): Promise<T> {
  const suspension = await context.hostControl.suspendHistory(step)
  let done = false
  try {
    const value = await change()
    done = true
    return value
  } finally {
    await context.hostControl.resumeHistory(suspension, done)
  }
}
