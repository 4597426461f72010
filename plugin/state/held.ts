/** What a person holds in the panel right now: the slider, the pad or the picture of a reference. */
export interface Held {
  /** Something of this reference was moved: it is still held, or let go of. */
  readonly mark: (image: string, released: boolean) => void
  /** It is held no more, as it was removed. */
  readonly drop: (image: string) => void
  readonly any: () => boolean
}

/** Nothing is held at first; `free` is called whenever the last thing held is let go of. */
export function createHeld(free: () => void): Held {
  const held = new Set<string>()
  const drop = (image: string): void => {
    if (held.delete(image) && held.size === 0) free()
  }
  return {
    mark(image, released) {
      if (released) drop(image)
      else held.add(image)
    },
    drop,
    any: () => held.size > 0,
  }
}
