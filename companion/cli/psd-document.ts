import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { initializeCanvas, readPsd, writePsdBuffer, type Layer, type Psd } from 'ag-psd'
import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import { resized } from './pictures.ts'
import { writeWhole } from './write-whole.ts'

// ag-psd makes its pictures in a browser's canvas unless it is told how else.
initializeCanvas(
  () => {
    throw new Error('there is no canvas here')
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height), colorSpace: 'srgb' }),
)

/** A Photoshop document with one of its layers as the reference. */
export interface PsdDocument {
  readonly reference: Raster
  /** Writes the document with the picture as a new layer right above the reference, as large as the canvas allows. */
  save(path: string, layer: { picture: Raster; name: string }): Promise<void>
}

/** Opens a document and finds its layer of that name; throws `document-invalid` naming what is wrong. */
export async function openDocument(path: string, layerName: string): Promise<PsdDocument> {
  const psd = await read(path)
  const place = findLayer(psd.children ?? [], layerName)
  if (!place) {
    const names = allNames(psd.children ?? []).join(', ')
    throw new ImprintError(
      'document-invalid',
      `${basename(path)} has no layer "${layerName}"; it has ${names}. Name one of these.`,
    )
  }
  const { imageData } = place.siblings[place.index]!
  if (!imageData || imageData.width === 0 || imageData.height === 0) {
    throw new ImprintError(
      'document-invalid',
      `The layer "${layerName}" of ${basename(path)} has no pixels. Name a layer that has.`,
    )
  }
  const pixels = Uint8Array.from(imageData.data)
  return {
    reference: { width: imageData.width, height: imageData.height, channels: 4, data: pixels },
    async save(target, { picture, name }) {
      place.siblings.splice(place.index + 1, 0, await placed(picture, name, psd))
      await writeWhole(target, writePsdBuffer(psd, { generateThumbnail: false, invalidateTextLayers: false }))
    },
  }
}

async function read(path: string): Promise<Psd> {
  try {
    return readPsd(await readFile(path), { useImageData: true, skipThumbnail: true })
  } catch (cause) {
    throw new ImprintError(
      'document-invalid',
      `${basename(path)} cannot be opened as a Photoshop document. Check the path and the file.`,
      { cause },
    )
  }
}

/** ag-psd lists layers from the bottom up. */
function findLayer(siblings: Layer[], name: string): { siblings: Layer[]; index: number } | undefined {
  const index = siblings.findIndex((layer) => layer.name === name && !layer.children)
  if (index >= 0) return { siblings, index }
  for (const { children } of siblings) {
    const inside = children && findLayer(children, name)
    if (inside) return inside
  }
  return undefined
}

const allNames = (layers: readonly Layer[]): string[] =>
  layers.flatMap(({ name, children }) => (children ? allNames(children) : [`"${name ?? ''}"`]))

/** The picture as a layer, centred, at the largest size of its proportions that fits the canvas. */
async function placed(picture: Raster, name: string, canvas: Psd): Promise<Layer> {
  const factor = Math.min(canvas.width / picture.width, canvas.height / picture.height)
  const width = Math.max(1, Math.round(picture.width * factor))
  const height = Math.max(1, Math.round(picture.height * factor))
  const { data } = await resized(picture, { width, height })
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[picture.channels * i + c]!
  }
  const left = Math.floor((canvas.width - width) / 2)
  const top = Math.floor((canvas.height - height) / 2)
  return { name, left, top, imageData: { width, height, data: rgba } }
}
