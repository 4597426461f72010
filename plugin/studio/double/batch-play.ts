import { commandFailure, type Descriptor, type Failure, isDescriptor, readReference } from './action-reference.ts'
import { getProperty, multiGet } from './batch-get.ts'
import { hideOrShow, makeLayer, deleteTarget, moveTarget, selectTarget } from './batch-layers.ts'
import { setProperty } from './batch-set.ts'
import { hostError } from './host-error.ts'
import { enter, enterModal, type Session } from './session.ts'

/** Commands that only read and therefore work outside a modal scope. */
const READING = new Set(['get', 'multiGet'])

type Command = (session: Session, command: Descriptor) => Descriptor

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['get', getProperty],
  ['multiGet', multiGet],
  ['set', setProperty],
  ['make', makeLayer],
  ['delete', deleteTarget],
  ['select', selectTarget],
  ['move', moveTarget],
  ['hide', hideOrShow(false)],
  ['show', hideOrShow(true)],
])

/** `photoshop.action.batchPlay` and `validateReference`. */
export function createBatchPlay(session: Session) {
  const play = (commands: readonly Descriptor[], continueOnError: boolean): Descriptor[] => {
    for (const { _obj: name } of commands) if (!READING.has(name as string)) enterModal(session, name as string)
    const results: Descriptor[] = []
    for (const command of commands) {
      const result = attempt(session, command)
      results.push(result)
      if (result['_obj'] === 'error' && !continueOnError) break
    }
    return results
  }
  return {
    async batchPlay(commands: unknown, options: { continueOnError?: boolean } = {}): Promise<Descriptor[]> {
      await Promise.resolve()
      enter(session)
      if (!Array.isArray(commands))
        throw hostError('Argument 1 has an invalid type. Expected type: array actual type: object')
      if (
        !commands.every(
          (command): command is Descriptor => isDescriptor(command) && typeof command['_obj'] === 'string',
        )
      )
        throw hostError('Argument 1 has an invalid type. Expected an array of descriptors with "_obj".')
      const results = play(commands, options.continueOnError === true)
      const failed = results.find((result) => result['_obj'] === 'error')
      if (failed && session.switches.batchPlayThrows)
        throw hostError(String(failed['message']), Number(failed['result']))
      return results
    },
    /** Whether the document or layer of a reference still exists. */
    validateReference(reference: unknown): boolean {
      enter(session)
      try {
        readReference(session, reference)
        return true
      } catch {
        return false
      }
    },
  }
}

function attempt(session: Session, command: Descriptor): Descriptor {
  const run = COMMANDS.get(command['_obj'] as string)
  try {
    if (!run) throw commandFailure(`The command "${String(command['_obj'])}" is not currently available.`)
    return run(session, command)
  } catch (thrown) {
    const { message, number } = thrown as Failure
    return { _obj: 'error', message, result: number ?? -1 }
  }
}
