import type { PhotoshopModule, PsLayer } from '../types/photoshop.ts'
import { documentOf, findLayer } from './documents.ts'
import type { GroupedResult, LayerRef, ResultLayer } from './host.ts'
import { HostError } from './host-error.ts'
import { laid } from './lay.ts'
import { asOneStep, type RunModal } from './modal.ts'
import {
  fillLayer,
  inFront,
  moveAbove,
  moveToFront,
  newLayer,
  PATIENCE,
  targetDocument,
  wholeCanvas,
} from './result-layer.ts'
import { assertServes, documentRefusal } from './selection.ts'
import { topmostResult } from './topmost-result.ts'

/** Makes a group of new pixel layers, the first one at the back, as one modal and one history step. */
export async function insertGroup(
  photoshop: PhotoshopModule,
  modal: RunModal,
  results: readonly GroupedResult[],
  name: string,
  above?: LayerRef,
): Promise<readonly ResultLayer[]> {
  const [first] = results
  if (first === undefined) return []
  const target = targetDocument(photoshop, first.note, above)
  const place = first.note.place ?? wholeCanvas(target)
  const pixels = await Promise.all(results.map(({ picture, note }) => laid(picture, note.place ?? place)))

  return modal({ commandName: name, patience: PATIENCE }, async (context) => {
    const document = documentOf(photoshop, target.id)
    assertServes(documentRefusal(photoshop, document))
    const anchor = above === undefined ? undefined : findLayer(photoshop, above)
    return inFront(photoshop, document, () =>
      asOneStep(context, { documentID: document.id, name }, async () => {
        const layers: PsLayer[] = []
        const below = anchor && (await topmostResult(photoshop, document, anchor))
        const made: ResultLayer[] = []
        for (const [i, { note }] of results.entries()) {
          // Each lies above the one before, which is the one that is selected.
          const layer = await newLayer(document, note.layerName)
          made.push(await fillLayer(photoshop, document, layer, pixels[i]!, note.memory))
          layers.push(layer)
        }
        const group = await document.createLayerGroup({ name, fromLayers: layers })
        if (group === null) throw new HostError('host', 'Photoshop made no group: try again.')
        for (const [i, layer] of layers.entries()) if (!results[i]!.visible) layer.visible = false
        if (below === undefined) moveToFront(photoshop, document, group, place.artboardId)
        else moveAbove(photoshop, document, group, below)
        return made
      }),
    )
  })
}
