/** A queue between somebody who calls and somebody who iterates. */
export interface Channel<T> extends AsyncIterable<T> {
  push(value: T): void
  end(): void
  fail(error: Error): void
}

/** Values wait until they are taken; after `end` or `fail` the iteration ends once they are. */
export function createChannel<T>(): Channel<T> {
  const waiting: T[] = []
  let finished: { error?: Error } | undefined
  let wake = (): void => undefined
  const settle = (how: { error?: Error }) => {
    finished ??= how
    wake()
  }
  return {
    push(value) {
      waiting.push(value)
      wake()
    },
    end: () => settle({}),
    fail: (error) => settle({ error }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (waiting.length > 0) {
          yield waiting.shift()!
        } else if (finished) {
          if (finished.error) throw finished.error
          return
        } else {
          await new Promise<void>((resolve) => (wake = resolve))
        }
      }
    },
  }
}
