import { randomUUID } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import type { About } from '../../shared/about.ts'
import { ImprintError } from '../../shared/errors.ts'
import { LIMITS } from '../../shared/limits.ts'
import { PictureReceiver } from '../../shared/picture-stream.ts'
import {
  anyHelloSchema,
  clientMessageSchema,
  CLOSE_CODES,
  PROTOCOL_VERSION,
  type ClientMessage,
  type DeviceReport,
  type ModelRecord,
} from '../../shared/protocol.ts'
import { check, parseJson } from '../../shared/read-message.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import type { JobEvent, Queue } from '../jobs/queue.ts'
import type { GenerateRequest } from '../engine/engine.ts'
import type { TokenCount } from '../text/count.ts'
import type { Finished, History } from '../history/history.ts'
import { answerEarlier } from './earlier.ts'
import { faultOf } from './fault.ts'
import { Outbox } from './outbox.ts'
import type { Pairing } from './pairing-number.ts'
import { PictureStore } from './picture-store.ts'
import type { Settings } from './settings.ts'

export interface SessionOptions {
  readonly queue: Queue
  readonly models: () => Promise<readonly ModelRecord[]>
  readonly countTokens: CountTokens
  readonly about: () => About
  readonly settings: Settings
  readonly device: () => Promise<DeviceReport>
  readonly pairing: Pairing
  /** The companion's own version, told in the welcome. */
  readonly version: string
  /** How long a panel may take to say hello. */
  readonly helloMs: number
  /** How long a panel may be silent, pongs included: Photoshop stops its scripts while it works. */
  readonly silenceMs: number
  readonly pictureBytes: number
  /** Where finished pictures are kept. */
  readonly history: History
}

/** Counts the tokens of a prompt as a checkpoint reads it. */
export type CountTokens = (asked: Pick<Message<'tokens'>, 'prompt' | 'notation' | 'checkpoint'>) => TokenCount

type Message<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>

/** One panel, from its hello to its end: checks what it says, runs its jobs, tells it their events. */
export class Session {
  readonly #id = randomUUID()
  readonly #socket: WebSocket
  readonly #options: SessionOptions
  readonly #outbox: Outbox
  readonly #store: PictureStore
  readonly #receiver = new PictureReceiver()
  readonly #jobs = new Map<number, AbortController>()
  readonly #helloTimer: NodeJS.Timeout
  readonly #pulse: NodeJS.Timeout
  /** What was asked for and is not in the queue yet. */
  #asked = Promise.resolve()
  #paired = false
  #over = false
  #lastJob = 0
  #lastHeard = Date.now()

  constructor(socket: WebSocket, options: SessionOptions) {
    this.#socket = socket
    this.#options = options
    this.#outbox = new Outbox(socket)
    this.#store = new PictureStore(options.pictureBytes)
    const late = new ImprintError('too-slow', `No hello came within ${options.helloMs} ms of connecting.`)
    this.#helloTimer = setTimeout(() => this.#end(late), options.helloMs)
    this.#pulse = setInterval(() => this.#checkPulse(), options.silenceMs / 3)
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary))
    socket.on('pong', () => (this.#lastHeard = Date.now()))
    // What is wrong on the level of WebSocket ends in a close as well, and only that is acted on.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#closed())
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#over) return
    this.#lastHeard = Date.now()
    const bytes = data as Buffer
    try {
      if (isBinary) this.#hearPart(bytes)
      else this.#hearText(bytes)
    } catch (thrown) {
      this.#end(thrown)
    }
  }

  #hearPart(bytes: Buffer): void {
    if (!this.#paired) throw new ImprintError('unpaired', 'Pixels came before the hello.')
    const picture = this.#receiver.take(bytes)
    if (picture) this.#store.put(picture.header.sha256, picture.raster)
  }

  #hearText(bytes: Buffer): void {
    const limit = this.#paired ? LIMITS.message : LIMITS.unpairedMessage
    if (bytes.length > limit) {
      throw new ImprintError('too-large', `A text message of ${bytes.length} bytes is over the ${limit} allowed here.`)
    }
    const value = parseJson(bytes.toString())
    if (this.#paired) return this.#act(check(clientMessageSchema, value, 'message-invalid'))

    const { protocol } = check(anyHelloSchema, value, 'unpaired', 'hello')
    if (protocol !== PROTOCOL_VERSION) {
      throw new ImprintError(
        'version-mismatch',
        `The panel speaks version ${protocol} of the protocol and the companion version ${PROTOCOL_VERSION}; update both.`,
      )
    }
    const message = check(clientMessageSchema, value, 'message-invalid')
    if (message.type === 'hello') this.#pair(message)
  }

  #pair({ token }: Message<'hello'>): void {
    const kept = this.#options.pairing.admit(token)
    clearTimeout(this.#helloTimer)
    this.#paired = true
    this.#outbox.send({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      version: this.#options.version,
      session: this.#id,
      ...(kept !== undefined && { token: kept }),
    })
    this.#options.device().then(
      (report) => this.tellDevice(report),
      // A job will fail with the reason; until one is asked for, the panel works without knowing the device.
      () => undefined,
    )
  }

  /** Says where the networks run from now on. */
  tellDevice({ device, reason }: DeviceReport): void {
    if (this.#paired && !this.#over) this.#outbox.send({ type: 'device', device, reason })
  }

  #act(message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        throw new ImprintError('message-invalid', 'A second hello came on the same connection.')
      case 'picture':
        return this.#receiver.announce(message.picture)
      case 'generate':
        return this.#generate(message)
      case 'cancel':
        return this.#jobs.get(message.job)?.abort()
      case 'order':
        // Behind what is still being asked for, which is to be ordered too.
        this.#asked = this.#asked.then(() => this.#options.queue.order(this.#id, message.jobs))
        return
      case 'models':
        return void this.#sendModels()
      case 'tokens':
        return this.#outbox.send({ type: 'tokens', ask: message.ask, ...this.#options.countTokens(message) })
      case 'earlier':
      case 'earlier-picture':
      case 'favourite':
      case 'forget':
        return answerEarlier(message, this.#options.history, this.#outbox)
      case 'about':
        return this.#outbox.send({ type: 'about', about: this.#options.about() })
      case 'set':
        return void this.#set(message)
      case 'ping':
        return this.#outbox.send({ type: 'pong' })
    }
  }

  #generate({ job, slot, recipe, faces, score, shape, quick }: Message<'generate'>): void {
    if (job <= this.#lastJob) {
      throw new ImprintError('message-invalid', `Job ${job} came after job ${this.#lastJob}; job numbers must grow.`)
    }
    this.#lastJob = job
    const abort = new AbortController()
    this.#jobs.set(job, abort)
    const { signal } = abort
    // One after the other: pictures that are read from the disk must not let a later job overtake this one.
    this.#asked = this.#asked.then(async () => {
      try {
        const checked = check(recipeSchema, recipe, 'recipe-invalid', 'recipe')
        const pictures = await this.#store.forRecipe(checked, (hash) => this.#options.history.named(hash))
        signal.throwIfAborted()
        const request = {
          recipe: checked,
          pictures,
          ...(faces && { faces: asFloats(faces) }),
          ...(score && { score }),
          ...(shape && { shape }),
          ...(quick && { quick }),
          ...(slot !== undefined && { gentle: true }),
        }
        const listener = (event: JobEvent): void => this.#tell(job, request, event)
        this.#options.queue.submit({ owner: this.#id, number: job, slot, request, signal, listener })
      } catch (thrown) {
        this.#fail(job, signal.aborted ? new ImprintError('cancelled', 'The picture was cancelled.') : thrown)
      }
    })
  }

  #tell(job: number, { pictures, quick }: GenerateRequest, event: JobEvent): void {
    switch (event.type) {
      case 'queued':
        return this.#outbox.send({ type: 'queued', job, ahead: event.ahead })
      case 'progress':
        return this.#outbox.send({
          type: 'progress',
          job,
          phase: event.phase,
          step: event.step,
          steps: event.steps,
        })
      case 'preview':
        return this.#outbox.sendPreview(event.picture, (picture) => ({
          type: 'preview',
          job,
          step: event.step,
          picture,
        }))
      case 'result': {
        this.#jobs.delete(job)
        const { recipe, runs, seconds, score } = event
        void this.#outbox.sendPicture(event.picture, (picture) => ({
          type: 'result',
          job,
          recipe,
          picture,
          runs,
          seconds,
          ...(score && { score }),
        }))
        if (!quick) void this.#keep(job, { recipe, pictures, picture: event.picture, score })
        return
      }
      case 'failed':
        return this.#fail(job, event.error)
    }
  }

  async #keep(job: number, finished: Finished): Promise<void> {
    try {
      this.#outbox.send({ type: 'made', job, earlier: await this.#options.history.add(finished) })
    } catch (thrown) {
      // The person has the picture; that it will not be there tomorrow is worth a word.
      this.#outbox.send({ type: 'error', ...faultOf(thrown) })
    }
  }

  #fail(job: number, thrown: unknown): void {
    this.#jobs.delete(job)
    this.#outbox.send({ type: 'failed', job, ...faultOf(thrown) })
  }

  async #set({ ask, change }: Message<'set'>): Promise<void> {
    try {
      await this.#options.settings.change(change)
      this.#outbox.send({ type: 'set', ask, about: this.#options.about() })
    } catch (thrown) {
      this.#outbox.send({ type: 'set', ask, refused: faultOf(thrown) })
    }
  }

  async #sendModels(): Promise<void> {
    try {
      this.#outbox.send({ type: 'models', models: [...(await this.#options.models())] })
    } catch (thrown) {
      this.#outbox.send({ type: 'error', ...faultOf(thrown), answers: 'models' })
    }
  }

  #checkPulse(): void {
    if (Date.now() - this.#lastHeard > this.#options.silenceMs) return this.#socket.terminate()
    this.#socket.ping()
  }

  /** Says why, then closes; whatever else the panel sent is not looked at. */
  #end(thrown: unknown): void {
    const fault = faultOf(thrown)
    this.#over = true
    clearTimeout(this.#helloTimer)
    this.#outbox.send({ type: 'error', ...fault })
    const closeCodes: Partial<Record<string, number>> = CLOSE_CODES
    this.#socket.close(closeCodes[fault.code] ?? CLOSE_CODES['message-invalid'], fault.code)
  }

  #closed(): void {
    this.#over = true
    clearTimeout(this.#helloTimer)
    clearInterval(this.#pulse)
    for (const abort of [...this.#jobs.values()]) abort.abort()
    this.#store.clear()
  }
}

/** What came as JSON, as networks take it. */
const asFloats = (faces: Readonly<Record<string, readonly number[][]>>): Record<string, Float32Array[]> =>
  Object.fromEntries(Object.entries(faces).map(([name, rows]) => [name, rows.map((row) => Float32Array.from(row))]))
