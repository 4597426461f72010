import type { PhotoshopModule, PsDocument, PsModalContext } from '../types/photoshop.ts'
import type { UxpFile, UxpStorage } from '../types/uxp.ts'
import { documentOf, visiblePart } from './documents.ts'
import type { CapturedReference, ChosenFile } from './host.ts'
import { HostError } from './host-error.ts'
import { readLayer } from './layer-picture.ts'
import type { RunModal } from './modal.ts'
import { fitted } from './reference.ts'
import { documentRefusal } from './selection.ts'

const PATIENCE = 5000

/** Kinds of files that pictures are taken of. */
const PICTURES = ['png', 'jpg', 'jpeg', 'webp']

/** What is opened and read at once at most: more would hold Photoshop up. */
const MOST_BYTES = 256 * 1024 * 1024

const asking = async <T>(ask: Promise<T>): Promise<T> =>
  ask.catch((cause: unknown) => {
    throw new HostError('host', 'Photoshop does not let Imprint choose files: reinstall the plugin and allow it.', {
      cause,
    })
  })

async function bytesOf({ formats }: UxpStorage, file: UxpFile): Promise<Uint8Array> {
  const data = await file.read({ format: formats.binary })
  if (typeof data === 'string') throw new HostError('host', `“${file.name}” could not be read: choose another file.`)
  if (data.byteLength > MOST_BYTES)
    throw new HostError('host', `“${file.name}” is over 256 MB: choose a smaller picture.`)
  return new Uint8Array(data)
}

/** The file the person chooses, whole; undefined when they choose none. */
export async function chooseFile(storage: UxpStorage, types: readonly string[]): Promise<ChosenFile | undefined> {
  const file = await asking(storage.localFileSystem.getFileForOpening({ types: [...types] }))
  return file ? { name: file.name, bytes: await bytesOf(storage, file) } : undefined
}

/** Writes a file where the person wants it; false when they want it nowhere. */
export async function saveFile(storage: UxpStorage, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const type = name.slice(name.lastIndexOf('.') + 1)
  const file = await asking(storage.localFileSystem.getFileForSaving(name, { types: [type] }))
  if (!file) return false
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
  await file.write(whole, { format: storage.formats.binary })
  return true
}

/**
 * The picture of a file the person chooses; undefined when they choose none. Photoshop opens it as a document for as long as it is
 * read: UXP decodes no pictures, and Photoshop knows every format and profile.
 */
export async function referenceFromFile(
  photoshop: PhotoshopModule,
  storage: UxpStorage,
  modal: RunModal,
): Promise<CapturedReference | undefined> {
  const file = await asking(storage.localFileSystem.getFileForOpening({ types: PICTURES }))
  if (!file) return undefined
  return modal({ commandName: 'Imprint: look at the file', patience: PATIENCE }, async (context) => {
    const { app } = photoshop
    const before = app.activeDocument
    const wereOpen = Array.from(app.documents, (document) => document.id)
    const { id } = await app.open(file).catch((cause: unknown) => {
      throw new HostError('host', `Photoshop cannot open “${file.name}”: choose a PNG, JPEG or WebP picture.`, {
        cause,
      })
    })
    const document = documentOf(photoshop, id)
    // Photoshop opens no file twice: this one is the person's own, with whatever they have not saved.
    const isTheirs = wereOpen.includes(id)
    try {
      if (isTheirs) throw new HostError('host', `“${file.name}” is open already: select its layer and use that.`)
      return await onlyPicture(photoshop, context, document, file.name)
    } finally {
      if (!isTheirs) document.closeWithoutSaving()
      if (before) app.activeDocument = before
    }
  })
}

/** The picture of a document that was opened from a file for this alone. */
async function onlyPicture(
  photoshop: PhotoshopModule,
  context: PsModalContext,
  document: PsDocument,
  name: string,
): Promise<CapturedReference> {
  const refusal = documentRefusal(photoshop, document)
  if (refusal !== undefined) throw new HostError(refusal.kind, `“${name}” cannot serve: save it as RGB, 8 bits.`)
  const [layer] = Array.from(document.layers)
  if (layer === undefined) throw new HostError('empty-layer', `“${name}” holds no picture: choose another file.`)
  const part = fitted(visiblePart(document, layer))
  const { data } = await readLayer(photoshop, context, document, layer, part, undefined)
  const { rect, width, height } = part
  return { name, isGroup: false, bounds: rect, picture: { width, height, channels: 3, data }, origin: 'file' }
}
