/** The engine's own process: whatever blocks, crashes or runs out of memory here leaves the companion standing. */
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { imprint } from '../jobs/imprint.ts'
import { createKeep } from '../jobs/keep.ts'
import { createNetworks } from '../jobs/networks.ts'
import type { Workshop } from '../jobs/workshop.ts'
import { openLibrary } from '../models/library.ts'
import { chooseDevice } from '../runtime/self-test.ts'
import type { GenerateRequest } from './engine.ts'
import type { EngineOptions, Failure, FromEngine, ToEngine } from './messages.ts'

const say = (message: FromEngine): void => void process.send?.(message)

const failure = (thrown: unknown): Failure => {
  const { code, message } = asImprintError(thrown)
  return { code, message }
}

async function start({ roots, device, preview, memory }: EngineOptions, reason: string | undefined): Promise<Workshop> {
  const choice = await chooseDevice(device).catch((cause: unknown) => {
    throw new ImprintError(
      'device-unavailable',
      `${cause instanceof Error ? cause.message : String(cause)}. Use the device "cpu" or "auto".`,
      {
        cause,
      },
    )
  })
  say({ type: 'ready', device: { device: choice.device, reason: reason ?? choice.reason } })
  return {
    library: openLibrary(roots),
    networks: createNetworks(choice.device, { attention: choice.attention }, memory),
    keep: createKeep(),
    ...(preview && { preview }),
  }
}

const cancelled = new Set<number>()

async function generate(shop: Workshop, id: number, request: GenerateRequest): Promise<void> {
  for await (const event of imprint(shop, request)) {
    say({ type: 'event', id, event })
    // Lets a cancel that came in during the step be heard before the next.
    await setImmediate()
    if (cancelled.has(id)) throw new ImprintError('cancelled', 'Cancelled. Nothing was changed.')
  }
}

let shop: Promise<Workshop> | undefined
/** The end of the last run: one that nobody listens to any more may still be in a step. */
let turn: Promise<unknown> = Promise.resolve()

process.on('message', (message: ToEngine) => {
  switch (message.type) {
    case 'start':
      shop = start(message.options, message.reason)
      shop.catch((cause: unknown) => say({ type: 'unusable', failure: failure(cause) }))
      return
    case 'generate': {
      const { id, request } = message
      turn = turn
        .then(() => shop)
        .then((ready) => ready && generate(ready, id, request))
        .catch((cause: unknown) => say({ type: 'failed', id, failure: failure(cause) }))
        .finally(() => cancelled.delete(id))
      return
    }
    case 'cancel':
      cancelled.add(message.id)
  }
})

// Ctrl+C reaches every process of a terminal; it is the companion that decides what it means.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())
