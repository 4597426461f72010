import { hostError } from './host-error.ts'
import { changed, type NotificationListener, type Session } from './session.ts'

type Heard = (event: string, descriptor: object) => void

/** Events that come in bursts: Photoshop tells them more than once for one act of the user. */
const BURSTS = new Set(['select', 'deselect', 'selectNoLayers'])

/** Tells listeners of an event, on a later turn; silent while a modal scope runs that is not interactive. */
export function notify(session: Session, event: string, descriptor: object): void {
  const { scopes } = session.modal
  if (scopes.length > 0 && !scopes.every((scope) => scope.interactive)) return
  const times = BURSTS.has(event) && session.switches.duplicateNotifications ? 2 : 1
  for (let i = 0; i < times; i++) announce(session, event, descriptor)
}

/** Tells listeners of an event even from within a modal scope, as the begin and end of the scope itself are told. */
export function announce(session: Session, event: string, descriptor: object): void {
  for (const listener of session.listeners) {
    if (!listener.events.includes(event) && !listener.events.includes('all')) continue
    void Promise.resolve().then(() => {
      if (session.listeners.includes(listener)) listener.heard(event, { ...descriptor })
    })
  }
}

/** The listener half of `photoshop.action` and `photoshop.core`. */
export function createNotifications(session: Session) {
  const add = (listener: NotificationListener) => {
    session.listeners = [...session.listeners, listener]
    return Promise.resolve()
  }
  const remove = (group: string, events: readonly string[], heard: Heard) => {
    session.listeners = session.listeners.filter(
      (known) =>
        known.heard !== heard || known.group !== group || !events.every((event) => known.events.includes(event)),
    )
    return Promise.resolve()
  }
  return {
    action: {
      addNotificationListener: (events: unknown, heard: Heard): Promise<void> =>
        isTexts(events) && typeof heard === 'function'
          ? add({ group: 'action', events: [...events], heard })
          : Promise.reject(hostError('Argument 1 has an invalid type. Expected type: array actual type: other')),
      removeNotificationListener: (events: readonly string[], heard: Heard): Promise<void> =>
        remove('action', events, heard),
    },
    core: {
      addNotificationListener: (group: string, events: readonly string[], heard: Heard): Promise<void> =>
        add({ group, events: [...events], heard }),
      removeNotificationListener: (group: string, events: readonly string[], heard: Heard): Promise<void> =>
        remove(group, events, heard),
      redrawDocument: (): Promise<void> => {
        changed(session)
        return Promise.resolve()
      },
    },
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
