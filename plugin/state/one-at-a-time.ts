/** Work that is not begun again while it goes on: whoever asks for it meanwhile, as Photoshop may be busy for long, waits for the first. */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => (running ??= work().finally(() => (running = undefined)))
}
