import type { About } from '../../shared/about.ts'
import { createChannel, type Channel } from '../../shared/channel.ts'
import type { SettingsChange } from '../../shared/companion-settings.ts'
import { ImprintError } from '../../shared/errors.ts'
import { LIMITS } from '../../shared/limits.ts'
import { hashOnce } from '../../shared/picture-hash.ts'
import { PictureReceiver } from '../../shared/picture-stream.ts'
import type { Earlier } from '../../shared/earlier.ts'
import type { ClientMessage, ModelRecord, PictureHeader, ServerMessage } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import { partName, pictureNames, renamePictures } from '../../shared/recipe-pictures.ts'
import type { CompanionEvent, ImprintRequest, TokenCount, TokenQuestion } from './companion.ts'
import type { Link } from './connection.ts'
import { createEarlierTalk, type EarlierTalk } from './earlier-talk.ts'
import { Uploads } from './uploads.ts'

interface Waiter<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: ImprintError) => void
}

/** What is said on one connection after the welcome: jobs, pictures, models. */
export class Conversation {
  readonly #link: Link
  readonly #uploads: Uploads
  readonly #made: (earlier: Earlier) => void
  readonly #failed: (error: ImprintError) => void
  /** What is said of earlier pictures. */
  readonly earlier: EarlierTalk
  readonly #receiver = new PictureReceiver()
  /** What to do with the picture that comes in on a stream. */
  readonly #arriving = new Map<number, (picture: Raster) => void>()
  readonly #jobs = new Map<number, Channel<CompanionEvent>>()
  /** Jobs by the names their requests gave them. */
  readonly #named = new Map<string, number>()
  /** The order that was asked for last. */
  #order: readonly string[] = []
  /** Who waits for which count of tokens. */
  readonly #asks = new Map<number, Waiter<TokenCount>>()
  /** Who waits for which setting. */
  readonly #setting = new Map<number, Waiter<About>>()
  #lastAsk = 0
  #lastJob = 0
  #waiters: Waiter<readonly ModelRecord[]>[] = []
  readonly #curious: Waiter<About>[] = []
  #end: ImprintError | undefined

  /** `made` hears of every picture of this connection once the companion keeps it, `failed` of what goes wrong and nobody waits for. */
  constructor(link: Link, made: (earlier: Earlier) => void, failed: (error: ImprintError) => void) {
    this.#link = link
    this.#made = made
    this.#failed = failed
    this.earlier = createEarlierTalk((message) => this.#send(message))
    this.#uploads = new Uploads(link)
  }

  /** See `Companion.generate`. */
  async *generate(request: ImprintRequest, signal: AbortSignal): AsyncGenerator<CompanionEvent, void> {
    const pictures = new Map(pictureNames(request.recipe).map((name) => [name, pictureOf(request, name)]))
    try {
      yield* this.#run(request, pictures, signal)
    } catch (thrown) {
      if (!(thrown instanceof ImprintError) || thrown.code !== 'picture-unknown') throw thrown
      // The companion keeps so many bytes of pictures and no more: these went, and are sent once again.
      for (const raster of pictures.values()) this.#uploads.forget(hashOnce(raster))
      yield* this.#run(request, pictures, signal)
    }
  }

  /** See `Companion.order`; holds for requests that are still on their way to the companion as well. */
  order(names: readonly string[]): void {
    this.#order = names
    const jobs = names.flatMap((name) => this.#named.get(name) ?? []).slice(0, LIMITS.waitingJobs)
    if (jobs.length > 0) this.#send({ type: 'order', jobs })
  }

  /** See `Companion.countTokens`. */
  countTokens(asked: TokenQuestion): Promise<TokenCount> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end)
      const ask = ++this.#lastAsk
      this.#asks.set(ask, { resolve, reject })
      this.#send({ type: 'tokens', ask, ...asked })
    })
  }

  /** See `Companion.models`. */
  models(): Promise<readonly ModelRecord[]> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end)
      this.#waiters.push({ resolve, reject })
      this.#send({ type: 'models' })
    })
  }

  /** See `Companion.about`. */
  about(): Promise<About> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end)
      this.#curious.push({ resolve, reject })
      this.#send({ type: 'about' })
    })
  }

  /** See `Companion.set`. */
  set(change: SettingsChange): Promise<About> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end)
      const ask = ++this.#lastAsk
      this.#setting.set(ask, { resolve, reject })
      this.#send({ type: 'set', ask, change })
    })
  }

  /** Takes a message of the companion; throws an ImprintError when it makes no sense. */
  hear(message: ServerMessage): void {
    switch (message.type) {
      case 'queued':
        return this.#jobs.get(message.job)?.push({ type: 'queued', ahead: message.ahead })
      case 'progress': {
        const { type, job, phase, step, steps } = message
        return this.#jobs.get(job)?.push({ type, phase, step, steps })
      }
      case 'preview': {
        const { type, job, step } = message
        return this.#expect(message.picture, (picture) => this.#jobs.get(job)?.push({ type, step, picture }))
      }
      case 'result': {
        const { type, job, recipe, runs, seconds, score } = message
        return this.#expect(message.picture, (picture) => {
          const events = this.#jobs.get(job)
          this.#jobs.delete(job)
          events?.push({ type, recipe, picture, runs, seconds, ...(score && { score }) })
          events?.end()
        })
      }
      case 'failed':
        this.#jobs.get(message.job)?.fail(new ImprintError(message.code, message.message))
        this.#jobs.delete(message.job)
        return
      case 'models':
        for (const { resolve } of this.#waiters.splice(0)) resolve(message.models)
        return
      case 'about':
        this.#curious.shift()?.resolve(message.about)
        return
      case 'set': {
        const waiter = this.#setting.get(message.ask)
        this.#setting.delete(message.ask)
        if (message.about) waiter?.resolve(message.about)
        else waiter?.reject(refusalOf(message))
        return
      }
      case 'tokens': {
        const { ask, tokens, room, parts } = message
        this.#asks.get(ask)?.resolve({ tokens, room, parts })
        this.#asks.delete(ask)
        return
      }
      case 'error': {
        const error = new ImprintError(message.code, message.message)
        if (message.answers === undefined) return this.#failed(error)
        if (message.answers !== 'models') return this.earlier.refused(message.answers, message.id, error)
        for (const { reject } of this.#waiters.splice(0)) reject(error)
        return
      }
      case 'welcome':
        throw new ImprintError('message-invalid', 'A second welcome came on the same connection.')
      case 'device':
      case 'pong':
        return
      case 'made':
        return this.#made(message.earlier)
      case 'earlier':
        return this.earlier.listed(message)
      case 'earlier-picture': {
        const { id, picture } = message
        if (picture === undefined) return this.earlier.arrived(id, undefined)
        return this.#expect(picture, (raster) => this.earlier.arrived(id, raster))
      }
      case 'space':
        return this.earlier.counted(message.space)
    }
  }

  /** Takes a binary message of the companion; throws an ImprintError when it is not the part that was due. */
  hearPart(bytes: Uint8Array): void {
    const received = this.#receiver.take(bytes)
    if (!received) return
    const { stream } = received.header
    const arrived = this.#arriving.get(stream)
    this.#arriving.delete(stream)
    arrived?.(received.raster)
  }

  /** The connection is over: everything still under way fails with this. */
  end(error: ImprintError): void {
    this.#end = error
    for (const events of this.#jobs.values()) events.fail(error)
    this.#jobs.clear()
    for (const { reject } of this.#asks.values()) reject(error)
    this.#asks.clear()
    for (const { reject } of this.#setting.values()) reject(error)
    this.#setting.clear()
    this.earlier.fail(error)
    for (const { reject } of [...this.#waiters.splice(0), ...this.#curious.splice(0)]) reject(error)
  }

  async *#run(
    { recipe, slot, score, shape, quick, name }: ImprintRequest,
    pictures: ReadonlyMap<string, Raster>,
    signal: AbortSignal,
  ): AsyncGenerator<CompanionEvent, void> {
    for (const raster of pictures.values()) {
      // The picture itself goes on: half of one would be of no use to the next job.
      const arrived = await untilAborted(this.#uploads.send(hashOnce(raster), raster), signal)
      if (!arrived) throw this.#end ?? companionGone()
    }
    if (this.#end) throw this.#end
    if (signal.aborted) throw cancelled()

    const job = ++this.#lastJob
    const events = createChannel<CompanionEvent>()
    this.#jobs.set(job, events)
    const partOf = (name: string): string => partName(hashOnce(pictures.get(name)!))
    const names = new Map([...pictures.keys()].map((name) => [partOf(name), name]))
    const cancel = (): void => events.fail(cancelled())
    signal.addEventListener('abort', cancel)
    this.#send({ type: 'generate', job, slot, recipe: renamePictures(recipe, partOf), score, shape, quick })
    if (name !== undefined) this.#named.set(name, job)
    this.order(this.#order)
    try {
      for await (const event of events) {
        if (event.type !== 'result') yield event
        else yield { ...event, recipe: renamePictures(event.recipe, (part) => names.get(part) ?? part) }
      }
    } finally {
      signal.removeEventListener('abort', cancel)
      if (name !== undefined) this.#named.delete(name)
      // Still here means that the companion has not ended it: the caller did.
      if (this.#jobs.delete(job)) this.#send({ type: 'cancel', job })
    }
  }

  #expect(header: PictureHeader, arrived: (picture: Raster) => void): void {
    this.#receiver.announce(header)
    this.#arriving.set(header.stream, arrived)
  }

  #send(message: ClientMessage): void {
    this.#link.send(JSON.stringify(message))
  }
}

function pictureOf({ pictures }: ImprintRequest, name: string): Raster {
  const raster = pictures[name]
  if (!raster) throw new ImprintError('picture-unknown', `The recipe names the picture "${name}", which is not given.`)
  if (raster.data.length > LIMITS.picture) {
    throw new ImprintError(
      'too-large',
      `The picture "${name}" has ${raster.data.length} bytes of pixels, more than the ${LIMITS.picture} allowed; make it smaller.`,
    )
  }
  return raster
}

function refusalOf({ refused }: Extract<ServerMessage, { type: 'set' }>): ImprintError {
  const { code, message } = refused ?? { code: 'setting-invalid', message: 'The companion did not change it.' }
  return new ImprintError(code, message)
}

/** Why everything under way fails when the connection ends for no better reason. */
export function companionGone(): ImprintError {
  return new ImprintError('companion-absent', 'The companion went away; start it again and repeat.')
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function cancelled(): ImprintError {
  return new ImprintError('cancelled', 'The picture was cancelled.')
}
