import { hostError } from './host-error.ts'
import { resume, suspend } from './history.ts'
import type { Scope } from './modal-state.ts'
import { announce } from './notifications.ts'
import { closeDocument } from './open-documents.ts'
import { enter, type Session } from './session.ts'

/** What `executeAsModal` hands to its target. */
export interface ModalContext {
  readonly isCancelled: boolean
  onCancel?: (() => void) | undefined
  reportProgress(progress: { value?: number; commandName?: string }): void
  readonly hostControl: {
    suspendHistory(options: { documentID: number; name: string }): Promise<{ finalName?: string }>
    resumeHistory(suspension: object, commit?: boolean): Promise<void>
    registerAutoCloseDocument(id: number): Promise<void>
    unregisterAutoCloseDocument(id: number): Promise<void>
  }
}

export interface ModalOptions {
  readonly commandName: string
  readonly descriptor?: object
  readonly interactive?: boolean
  /** Seconds to wait for a busy Photoshop; 1 when absent. */
  readonly timeOut?: number
}

type Target<T> = (context: ModalContext, descriptor?: object) => T | Promise<T>

const BUSY_NUMBER = 9

/** The modal half of `photoshop.core`. */
export function createModal(session: Session) {
  const executeAsModal = <T>(target: Target<T>, options: ModalOptions): Promise<T> => {
    if (typeof target !== 'function') return Promise.reject(hostError('Argument 1 has an invalid type.'))
    if (typeof (options as ModalOptions | undefined)?.commandName !== 'string')
      return Promise.reject(hostError('executeAsModal needs a commandName.'))
    const run = () => runScope(session, target, options)
    return mayStart(session) ? run() : wait(session, options, run)
  }
  return { executeAsModal, isModal: (): boolean => session.modal.scopes.length > 0 }
}

/** The user presses Escape: from now on every call to Photoshop throws until the scope has ended. */
export function cancelModal(session: Session): void {
  const { modal } = session
  if (modal.scopes.length === 0 || modal.cancelled) return
  modal.cancelled = true
  for (const scope of modal.scopes) scope.cancel?.()
}

/** Begins or ends something of the user's that keeps scripts out, such as a free transform. */
export function setUserBusy(session: Session, what: string | null): void {
  session.modal.userBusy = what
  startNext(session)
}

const isFree = ({ modal }: Session): boolean => modal.scopes.length === 0 && modal.userBusy === null

/** A call from within a running scope nests; any other starts when nothing runs and nobody waits before it. */
function mayStart(session: Session): boolean {
  const { modal } = session
  const within = modal.chain.current()
  if (within !== undefined && modal.scopes.some((scope) => scope === within)) return true
  return isFree(session) && modal.waiting.length === 0
}

/** Starts the call in its turn, or rejects as busy when that does not come within `timeOut`. */
function wait<T>(session: Session, options: ModalOptions, run: () => Promise<T>): Promise<T> {
  const { modal } = session
  const seconds = session.switches.busyAtOnce ? 0 : (options.timeOut ?? 1)
  if (seconds <= 0) return Promise.reject(busy(session))
  return new Promise((resolve, reject) => {
    const waiting = {
      start: () => {
        clearTimeout(timer)
        resolve(run())
      },
    }
    const timer = setTimeout(() => {
      modal.waiting = modal.waiting.filter((other) => other !== waiting)
      reject(busy(session))
    }, seconds * 1000)
    modal.waiting = [...modal.waiting, waiting]
  })
}

function startNext(session: Session): void {
  const { modal } = session
  const [next, ...rest] = modal.waiting
  if (!next || !isFree(session)) return
  modal.waiting = rest
  next.start()
}

function busy(session: Session): Error {
  const { switches, pluginId, modal } = session
  const ours = modal.scopes.length > 0
  return hostError(
    switches.busyNamesPlugin && ours ? `Plugin: ${pluginId} is running a modal command` : 'host is in a modal state',
    BUSY_NUMBER,
  )
}

/** Runs the target as the innermost scope; the scope is taken at once, the target starts on a later turn. */
async function runScope<T>(session: Session, target: Target<T>, options: ModalOptions): Promise<T> {
  const { modal } = session
  const scope: Scope = {
    interactive: options.interactive === true,
    commandName: options.commandName,
    progress: null,
    autoClose: new Set(),
  }
  const tokens: object[] = []
  if (modal.scopes.length === 0) announce(session, 'modalJavaScriptScopeEnter', { commandName: options.commandName })
  modal.scopes = [...modal.scopes, scope]
  let keep = false
  try {
    await resolved
    const value = await modal.chain.run(scope, () => target(contextOf(session, scope, tokens), options.descriptor))
    keep = true
    return value
  } finally {
    endScope(session, scope, tokens, keep)
  }
}

/** Commits what the target left suspended, or rolls it back when it threw; then the next call has its turn. */
function endScope(session: Session, scope: Scope, tokens: readonly object[], keep: boolean): void {
  const { modal } = session
  for (const token of tokens.toReversed()) if (isOpen(session, token)) resume(session, token, keep)
  for (const id of scope.autoClose) closeDocument(session, id)
  modal.scopes = modal.scopes.filter((other) => other !== scope)
  if (modal.scopes.length > 0) return
  modal.cancelled = false
  announce(session, 'modalJavaScriptScopeExit', { commandName: scope.commandName })
  startNext(session)
}

/** The context object; its members are not enumerable, so that spreading it gives an empty object, as in Photoshop. */
function contextOf(session: Session, scope: Scope, tokens: object[]): ModalContext {
  const hostControl = Object.freeze({
    suspendHistory: async ({ documentID, name }: { documentID: number; name: string }) => {
      await resolved
      enter(session)
      const { token } = suspend(session, documentID, name)
      tokens.push(token)
      return token
    },
    resumeHistory: async (token: object, commit = true) => {
      await resolved
      enter(session)
      resume(session, token, commit)
    },
    registerAutoCloseDocument: async (id: number) => {
      await resolved
      scope.autoClose.add(id)
    },
    unregisterAutoCloseDocument: async (id: number) => {
      await resolved
      scope.autoClose.delete(id)
    },
  })
  const context = Object.create(null) as ModalContext
  return Object.defineProperties(context, {
    isCancelled: { get: () => session.modal.cancelled },
    onCancel: {
      get: () => scope.cancel,
      set: (cancel: (() => void) | undefined) => {
        scope.cancel = cancel
      },
    },
    reportProgress: {
      value: ({ value }: { value?: number }) => {
        enter(session)
        scope.progress = value ?? null
      },
    },
    hostControl: { value: hostControl },
  })
}

const isOpen = (session: Session, token: object): boolean =>
  session.documents.some(({ suspensions }) => suspensions.some((open) => open.token === token))

const resolved: Promise<void> = Promise.resolve()
