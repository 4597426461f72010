import type { Engine, GenerateRequest } from '../../companion/engine/engine.ts'
import { createQueue, type JobEvent } from '../../companion/jobs/queue.ts'
import { createChannel } from '../../shared/channel.ts'

interface Place {
  readonly name: string | undefined
  readonly slot: string | undefined
}

/** An engine behind the companion's own queue, as a panel has it: one run at a time, the others wait. */
export function inQueue(engine: Engine) {
  const queue = createQueue(engine)
  const numbers = new Map<string, number>()
  let last = 0
  return {
    generate(request: GenerateRequest, { name, slot }: Place, signal: AbortSignal) {
      const number = ++last
      if (name !== undefined) numbers.set(name, number)
      const events = createChannel<Exclude<JobEvent, { type: 'failed' }>>()
      const listener = (event: JobEvent): void => {
        if (event.type === 'failed') return events.fail(event.error)
        events.push(event)
        if (event.type === 'result') events.end()
      }
      queue.submit({ owner: 'panel', number, slot, request, signal, listener })
      return events
    },
    order: (names: readonly string[]): void =>
      queue.order(
        'panel',
        names.flatMap((name) => numbers.get(name) ?? []),
      ),
  }
}
