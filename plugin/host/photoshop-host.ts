import type { PhotoshopModule } from '../types/photoshop.ts'
import type { UxpStorage } from '../types/uxp.ts'
import { findDocument, findLayer, imagingOf } from './documents.ts'
import { chooseFile, referenceFromFile, saveFile } from './files.ts'
import type { Host } from './host.ts'
import { asHostError } from './host-error.ts'
import { looksAs } from './layer-print.ts'
import { createModalGate } from './modal.ts'
import { watchDocuments } from './notifications.ts'
import { pictureUrl, thumbnailUrl } from './picture-url.ts'
import { layerLook, recall } from './recall.ts'
import { readReference } from './reference.ts'
import { readGround } from './ground.ts'
import { readRegion } from './region.ts'
import { readTarget, targetMap } from './target.ts'
import { insertGroup } from './result-group.ts'
import { insertResult, replaceResult } from './result-layer.ts'
import { readSelection } from './selection.ts'

/** The Host over a `photoshop` module and UXP's storage: the real ones in Photoshop, the double's in the studio and in tests. */
export function createPhotoshopHost(photoshop: PhotoshopModule, storage: UxpStorage): Host {
  const watching = new Set<(isBusy: boolean) => void>()
  const modal = createModalGate(photoshop.core, (isWaiting) => watching.forEach((changed) => changed(isWaiting)))
  return {
    selection: () => readSelection(photoshop),
    target: () => asHost(readTarget(photoshop)),
    targetMap: (target) => asHost(targetMap(photoshop, target)),
    readGround: (from, feather) => asHost(readGround(photoshop, modal, from, feather)),
    readRegion: () => asHost(readRegion(photoshop, modal)),
    watchBusy(changed) {
      watching.add(changed)
      return () => void watching.delete(changed)
    },
    watchDocuments: (changed) => watchDocuments(photoshop.action, changed),
    readReference: (layer, part, when) => asHost(readReference(photoshop, modal, layer, part, when)),
    thumbnail: (picture, fit, cropAt) =>
      asHost((async () => thumbnailUrl(imagingOf(photoshop), picture, fit, cropAt))()),
    hasLayer: (layer) => findLayer(photoshop, layer) !== undefined,
    historyOf: (documentId) => findDocument(photoshop, documentId)?.activeHistoryState.id,
    looksAs: (layer, print) => asHost(looksAs(photoshop, modal, layer, print)),
    insertResult: (picture, note, above) => asHost(insertResult(photoshop, modal, picture, note, above)),
    insertGroup: (results, name, above) => asHost(insertGroup(photoshop, modal, results, name, above)),
    replaceResult: (layer, picture, note) => asHost(replaceResult(photoshop, modal, layer, picture, note)),
    recall: (layer) => asHost(recall(photoshop, layer)),
    layerLook: (layer) => asHost(layerLook(photoshop, layer)),
    referenceFromFile: () => asHost(referenceFromFile(photoshop, storage, modal)),
    chooseFile: (endings) => asHost(chooseFile(storage, endings)),
    saveFile: (name, bytes) => asHost(saveFile(storage, name, bytes)),
    pictureUrl: (picture) => asHost((async () => pictureUrl(imagingOf(photoshop), picture))()),
  }
}

const asHost = <T>(work: Promise<T>): Promise<T> =>
  work.catch((thrown: unknown) => {
    throw asHostError(thrown)
  })
