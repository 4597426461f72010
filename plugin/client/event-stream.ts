/** Events put in from one side and read from the other in order, until it is ended or fails. */
export class EventStream<T> implements AsyncIterable<T> {
  readonly #events: T[] = []
  #wake: (() => void) | undefined
  #ended = false
  #failure: Error | undefined

  put(event: T): void {
    this.#events.push(event)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The reader gets what was put in before, then this. */
  fail(failure: Error): void {
    this.#failure ??= failure
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const event = this.#events.shift()
      if (event !== undefined) yield event
      else if (this.#failure) throw this.#failure
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
