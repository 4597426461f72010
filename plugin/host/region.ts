import type { PhotoshopModule } from '../types/photoshop.ts'
import { canvasOf, imagingOf } from './documents.ts'
import type { Region } from './host.ts'
import { HostError } from './host-error.ts'
import type { RunModal } from './modal.ts'
import { padded, readSelected, sizedWithin, type Wanted } from './pixel-read.ts'
import { assertServes, documentRefusal, selectedRect } from './selection.ts'
import { mapOf } from './target.ts'

/** The longest side that is worth keeping: attention looks at pictures in pieces of 8 pixels and more. */
const LONGEST = 1024
const MAP = 72
const PATIENCE = 5000

/** The active document's selection as the place where a reference acts. */
export async function readRegion(photoshop: PhotoshopModule, modal: RunModal): Promise<Region> {
  return modal({ commandName: 'Imprint: take the selection', patience: PATIENCE }, async () => {
    const document = photoshop.app.activeDocument
    if (document === null || document === undefined) {
      throw new HostError('no-document', 'No document is open: open one and select where the reference acts.')
    }
    assertServes(documentRefusal(photoshop, document))
    const canvas = canvasOf(document)
    const rect = selectedRect(document, canvas)
    if (rect === undefined) {
      throw new HostError('empty-layer', 'Nothing is selected: select where the reference acts, with Marquee or Lasso.')
    }
    const wanted: Wanted = { documentID: document.id, ...sizedWithin(canvas, LONGEST) }
    const plane = await padded(await readSelected(imagingOf(photoshop), wanted), wanted)
    const map = await mapOf(photoshop, { documentID: document.id, ...sizedWithin(canvas, MAP) }, true)
    return { documentId: document.id, plane, canvas, rect, map }
  })
}
