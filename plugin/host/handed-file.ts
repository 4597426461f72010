/** What tells the panel's node of a file that was dropped beside it. */
const EVENT = 'imprint-file'

/** A file handed over whole. */
export interface HandedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Hands a file to the panel in `root`: the studio does with dropped PNGs that carry a recipe; in Photoshop no panel gets a drop. */
export const handFile = (root: HTMLElement, file: HandedFile): boolean =>
  root.dispatchEvent(new CustomEvent(EVENT, { detail: file }))

/** Calls `take` with every file handed to the panel in `root`. */
export function onHandedFile(root: HTMLElement, take: (file: HandedFile) => void): void {
  root.addEventListener(EVENT, (event) => take((event as CustomEvent<HandedFile>).detail))
}
