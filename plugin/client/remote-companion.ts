import type { Earlier } from '../../shared/earlier.ts'
import type { About } from '../../shared/about.ts'
import type { SettingsChange } from '../../shared/companion-settings.ts'
import { asImprintError, ImprintError } from '../../shared/errors.ts'
import {
  CLOSE_CODES,
  DEFAULT_PORT,
  PROTOCOL_VERSION,
  serverMessageSchema,
  type ClientMessage,
  type ModelRecord,
  type ServerMessage,
} from '../../shared/protocol.ts'
import { check, parseJson } from '../../shared/read-message.ts'
import type {
  Companion,
  CompanionEvent,
  CompanionStatus,
  ImprintRequest,
  TokenCount,
  TokenQuestion,
} from './companion.ts'
import { Connection, type Ending, type Link } from './connection.ts'
import { companionGone, Conversation } from './conversation.ts'
import type { EarlierPictures } from './earlier-talk.ts'

export interface RemoteCompanionOptions {
  /** The host's class of that name. */
  readonly WebSocket: typeof globalThis.WebSocket
  readonly port?: number
  /** What was kept from last time, if anything. */
  readonly token?: string | undefined
  /** Keeps what the next connection is to begin with, so that no number has to be typed again. */
  readonly keepToken?: (token: string) => void
  /** Who connects. */
  readonly client: { readonly name: string; readonly version: string }
  /** Pauses between attempts; the last one repeats. */
  readonly retryMs?: readonly number[]
  readonly beatMs?: number
  /** How long an address may take to answer the hello. */
  readonly openMs?: number
  /** Pause between looks at a companion that wants a number: it may be started anew meanwhile, with another one. */
  readonly watchMs?: number
}

/** The companion at a port of this machine; looks for it at once, and again whenever it goes away. */
export class RemoteCompanion implements Companion {
  readonly #client: RemoteCompanionOptions['client']
  readonly #connection: Connection
  readonly #listeners = new Set<() => void>()
  readonly #madeListeners = new Set<(earlier: Earlier) => void>()
  readonly #failureListeners = new Set<(error: ImprintError) => void>()
  readonly earlier: EarlierPictures = {
    list: async (asked) => this.#ready().earlier.list(asked),
    picture: async (id) => this.#ready().earlier.picture(id),
    favourite: async (id, favourite) => this.#ready().earlier.favourite(id, favourite),
    forget: async (id) => this.#ready().earlier.forget(id),
  }
  readonly #keepToken: (token: string) => void
  #token: string
  /** What the person typed and no connection has begun with yet. */
  #typed: string | undefined
  /** What this connection began with, and whether the person typed it. */
  #began = { token: '', isTyped: false }
  #status: CompanionStatus = { kind: 'connecting' }
  #link: Link | undefined
  #conversation: Conversation | undefined
  /** What the companion said, or we found, before the connection ended. */
  #reason: ImprintError | undefined

  constructor(options: RemoteCompanionOptions) {
    const port = options.port ?? DEFAULT_PORT
    this.#client = options.client
    this.#token = options.token ?? ''
    this.#keepToken = options.keepToken ?? (() => undefined)
    this.#connection = new Connection(
      {
        WebSocket: options.WebSocket,
        addresses: [`ws://localhost:${port}`, `ws://127.0.0.1:${port}`],
        retryMs: options.retryMs ?? [500, 1000, 2000, 3000],
        beatMs: options.beatMs ?? 20_000,
        openMs: options.openMs ?? 10_000,
        watchMs: options.watchMs ?? 1000,
      },
      {
        opened: (link) => this.#opened(link),
        text: (text) => this.#guarded(() => this.#hear(check(serverMessageSchema, parseJson(text), 'message-invalid'))),
        binary: (bytes) => this.#guarded(() => this.#conversation?.hearPart(bytes)),
        ended: (ending) => this.#ended(ending),
        beat: () => this.#send({ type: 'ping' }),
      },
    )
    this.#connection.connect()
  }

  get status(): CompanionStatus {
    return this.#status
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onMade(listener: (earlier: Earlier) => void): () => void {
    this.#madeListeners.add(listener)
    return () => this.#madeListeners.delete(listener)
  }

  onFailure(listener: (error: ImprintError) => void): () => void {
    this.#failureListeners.add(listener)
    return () => this.#failureListeners.delete(listener)
  }

  pair(token: string): void {
    this.#typed = token.trim().slice(0, 100)
    this.#connection.drop(1000)
    this.#connection.connect()
  }

  async *generate(request: ImprintRequest, signal: AbortSignal): AsyncGenerator<CompanionEvent, void> {
    yield* this.#ready().generate(request, signal)
  }

  order(names: readonly string[]): void {
    this.#conversation?.order(names)
  }

  async countTokens(asked: TokenQuestion): Promise<TokenCount> {
    return await this.#ready().countTokens(asked)
  }

  async about(): Promise<About> {
    return await this.#ready().about()
  }

  async set(change: SettingsChange): Promise<About> {
    return await this.#ready().set(change)
  }

  async models(): Promise<readonly ModelRecord[]> {
    return await this.#ready().models()
  }

  close(): void {
    this.#connection.close()
    this.#conversation?.end(new ImprintError('cancelled', 'The panel was closed.'))
    this.#conversation = undefined
    this.#change({ kind: 'absent', message: 'The connection to the companion is closed.' })
  }

  #opened(link: Link): void {
    this.#link = link
    this.#reason = undefined
    this.#began = { token: this.#typed ?? this.#token, isTyped: this.#typed !== undefined }
    // Once only: every wrong number makes the companion wait longer.
    this.#typed = undefined
    this.#send({ type: 'hello', protocol: PROTOCOL_VERSION, token: this.#began.token, client: this.#client })
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'welcome' && !this.#conversation && this.#link) {
      this.#conversation = new Conversation(
        this.#link,
        (earlier) => [...this.#madeListeners].forEach((listener) => listener(earlier)),
        (error) => [...this.#failureListeners].forEach((listener) => listener(error)),
      )
      this.#connection.settle()
      this.#token = message.token ?? this.#began.token
      if (message.token !== undefined) this.#keepToken(message.token)
      this.#change({ kind: 'ready', version: message.version, device: undefined })
      return
    }
    if (message.type === 'error' && message.code in CLOSE_CODES) {
      this.#reason = new ImprintError(message.code, message.message)
      return
    }
    if (message.type === 'device' && this.#status.kind === 'ready') {
      const { device, reason } = message
      this.#change({ ...this.#status, device: { device, reason } })
    }
    this.#conversation?.hear(message)
  }

  /** A companion that makes no sense is left: what it says next could mean anything. */
  #guarded(hear: () => void): void {
    try {
      hear()
    } catch (thrown) {
      this.#reason = asImprintError(thrown)
      this.#connection.drop(CLOSE_CODES['message-invalid'])
    }
  }

  #ended({ code, opened }: Ending): 'retry' | 'watch' {
    const conversation = this.#conversation
    this.#conversation = undefined
    this.#link = undefined
    conversation?.end(this.#reason ?? companionGone())
    if (!opened) {
      this.#change({ kind: 'absent', message: "Imprint's companion isn't running; start it and it appears here." })
      return 'retry'
    }
    const message = this.#reason?.message
    switch (this.#reason?.code ?? meaningOf(code)) {
      case 'unpaired': {
        // A look whether it is still there: what it said of the number before is still to be read.
        if (this.#status.kind === 'unpaired' && !this.#began.isTyped) return 'watch'
        const ask = 'Type the number that the companion shows.'
        this.#change({ kind: 'unpaired', message: this.#began.token === '' ? ask : (message ?? ask) })
        return 'watch'
      }
      case 'foreign':
        this.#change({ kind: 'refused', message: message ?? 'The companion does not talk to this page.' })
        return 'retry'
      case 'version-mismatch':
      case 'message-invalid':
      case 'picture-invalid': {
        const sentence = 'The panel and the companion do not understand each other; update both to one version.'
        this.#change({ kind: 'mismatch', message: message ?? sentence })
        return 'retry'
      }
      case undefined:
      default:
        this.#change({ kind: 'connecting' })
        return 'retry'
    }
  }

  #ready(): Conversation {
    if (this.#conversation) return this.#conversation
    const status = this.#status
    switch (status.kind) {
      case 'unpaired':
        throw new ImprintError('unpaired', status.message)
      case 'mismatch':
        throw new ImprintError('version-mismatch', status.message)
      case 'refused':
        throw new ImprintError('foreign', status.message)
      case 'absent':
        throw new ImprintError('companion-absent', status.message)
      case 'connecting':
      case 'ready':
        throw new ImprintError('companion-absent', 'The companion is not connected yet; try again in a moment.')
    }
  }

  #change(status: CompanionStatus): void {
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return
    this.#status = status
    for (const listener of [...this.#listeners]) listener()
  }

  #send(message: ClientMessage): void {
    this.#link?.send(JSON.stringify(message))
  }
}

/** The error a close code stands for. */
function meaningOf(closeCode: number): string | undefined {
  return Object.entries(CLOSE_CODES).find(([, code]) => code === closeCode)?.[0]
}
