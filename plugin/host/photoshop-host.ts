import type { PhotoshopModule } from '../types/photoshop.ts'
import { findDocument, findLayer, imagingOf } from './documents.ts'
import type { Host } from './host.ts'
import { asHostError } from './host-error.ts'
import { looksAs } from './layer-print.ts'
import { createModalGate } from './modal.ts'
import { watchDocuments } from './notifications.ts'
import { pictureUrl, thumbnailUrl } from './picture-url.ts'
import { readReference } from './reference.ts'
import { insertResult, replaceResult } from './result-layer.ts'
import { readSelection } from './selection.ts'

/** The Host over a `photoshop` module: the real one in Photoshop, the double in the studio and in tests. */
export function createPhotoshopHost(photoshop: PhotoshopModule): Host {
  const modal = createModalGate(photoshop.core)
  return {
    selection: () => readSelection(photoshop),
    watchDocuments: (changed) => watchDocuments(photoshop.action, changed),
    readReference: (layer, part) => asHost(readReference(photoshop, modal, layer, part)),
    thumbnail: (picture, fit) => asHost((async () => thumbnailUrl(imagingOf(photoshop), picture, fit))()),
    hasLayer: (layer) => findLayer(photoshop, layer) !== undefined,
    historyOf: (documentId) => findDocument(photoshop, documentId)?.activeHistoryState.id,
    looksAs: (layer, print) => asHost(looksAs(photoshop, modal, layer, print)),
    insertResult: (picture, note, above) => asHost(insertResult(photoshop, modal, picture, note, above)),
    replaceResult: (layer, picture, note) => asHost(replaceResult(photoshop, modal, layer, picture, note)),
    pictureUrl: (picture) => asHost((async () => pictureUrl(imagingOf(photoshop), picture))()),
  }
}

const asHost = <T>(work: Promise<T>): Promise<T> =>
  work.catch((thrown: unknown) => {
    throw asHostError(thrown)
  })
