import { documentObject, type DocumentObject } from './document-object.ts'
import { blankDocument } from './blank-document.ts'
import { FORMATS } from './file-system.ts'
import { hostError } from './host-error.ts'
import { type DecodePicture, documentOfFile } from './picture-document.ts'
import { activate, openDocument } from './open-documents.ts'
import { activeDocument, documentOf, enter, enterModal, type Session } from './session.ts'

interface NewDocumentOptions {
  readonly name?: string
  readonly width?: number
  readonly height?: number
  readonly resolution?: number
  readonly fill?: 'white' | 'transparent'
}

/** `photoshop.app`: the documents that are open and the active one. */
export interface AppObject {
  activeDocument: DocumentObject | null
  readonly documents: readonly DocumentObject[]
  open(file: OpenedFile): Promise<DocumentObject>
  createDocument(options?: NewDocumentOptions): Promise<DocumentObject>
  updateUI(): Promise<void>
  showAlert(message: string): Promise<void>
}

/** A file as a picker gives it. */
interface OpenedFile {
  readonly name: string
  read(options: { readonly format: symbol }): Promise<string | ArrayBuffer>
}

/** Makes `photoshop.app`; `decode` reads the files of pictures that are no PSD. */
export const createApp = (session: Session, decode?: DecodePicture): AppObject => ({
  get activeDocument() {
    enter(session)
    const active = activeDocument(session)
    return active ? documentObject(session, active) : null
  },
  set activeDocument(document) {
    enterModal(session, 'select')
    if (!document) throw hostError('The active document cannot be set to nothing.')
    activate(session, documentOf(session, document.id))
  },
  get documents() {
    enter(session)
    return session.documents.map((document) => documentObject(session, document))
  },
  async open(file) {
    await Promise.resolve()
    enterModal(session, 'open')
    // No file is opened twice: the document of the one that is open comes to the front, with all that is not saved in it.
    const open = session.documents.find(({ title }) => title === file.name)
    if (open) {
      activate(session, open)
      return documentObject(session, open)
    }
    const data = await file.read({ format: FORMATS.binary })
    if (typeof data === 'string') throw hostError('Could not open the file.')
    const { state, selectedIds } = await documentOfFile(new Uint8Array(data), decode)
    return documentObject(session, openDocument(session, file.name, state, selectedIds))
  },
  async createDocument({ name, width = 512, height = 512, resolution = 72, fill = 'white' } = {}) {
    await Promise.resolve()
    enterModal(session, 'make')
    const state = blankDocument({ width, height, resolution, fill })
    const title = name ?? `Untitled-${session.documents.length + 1}`
    return documentObject(session, openDocument(session, title, state))
  },
  async updateUI() {
    await Promise.resolve()
    enter(session)
  },
  async showAlert(message) {
    await Promise.resolve()
    enter(session)
    session.warnings.push(message)
  },
})
