import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { initializeCanvas, readPsd, writePsdBuffer, type Layer, type PixelArray, type Psd } from 'ag-psd'
import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import { resized } from './pictures.ts'
import { writeWhole } from '../files/write-whole.ts'

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
  /** Throws `document-invalid` for a document that Imprint can read but not write. */
  refuseUnwritable(): void
  /** Writes the document with the picture as a new layer right above the reference, as large as the canvas allows. */
  save(path: string, layer: { picture: Raster; name: string }): Promise<void>
}

/** Opens a document and finds its layer of that name; throws `document-invalid` naming what is wrong. */
export async function openDocument(path: string, layerName: string): Promise<PsdDocument> {
  const { psd, hasBackground } = await read(path)
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
  return {
    reference: { width: imageData.width, height: imageData.height, channels: 4, data: eightBit(imageData.data) },
    refuseUnwritable: () => refuseUnwritable(psd, basename(path)),
    async save(target, { picture, name }) {
      place.siblings.splice(place.index + 1, 0, await placed(picture, name, psd))
      await writeWhole(
        target,
        writePsdBuffer(psd, { generateThumbnail: false, invalidateTextLayers: false, noBackground: !hasBackground }),
      )
    },
  }
}

/** Writes a new document, as large as the picture, which is its only layer. */
export async function writeDocument(path: string, { picture, name }: { picture: Raster; name: string }): Promise<void> {
  const { width, height } = picture
  const layer = await placed(picture, name, { width, height })
  const psd: Psd = { width, height, children: [layer], imageData: layer.imageData! }
  await writeWhole(path, writePsdBuffer(psd, { generateThumbnail: false, noBackground: true }))
}

async function read(path: string): Promise<{ psd: Psd; hasBackground: boolean }> {
  try {
    const bytes = await readFile(path)
    return { psd: readPsd(bytes, { useImageData: true, skipThumbnail: true }), hasBackground: startsOpaque(bytes) }
  } catch (cause) {
    throw new ImprintError(
      'document-invalid',
      `${basename(path)} cannot be opened as a Photoshop document. Check the path and the file.`,
      { cause },
    )
  }
}

/** The number of a layer's transparency channel. */
const TRANSPARENCY = -1

/** A Background is a lowest layer without transparency; ag-psd takes any opaque one for it unless told. */
function startsOpaque(bytes: Buffer): boolean {
  const { children } = readPsd(bytes, { useRawData: true, skipThumbnail: true })
  return children?.[0]?.rawData?.channels.every(({ id }: { readonly id: number }) => id !== TRANSPARENCY) ?? false
}

/** Colour mode of a PSD header (Adobe Photoshop File Formats Specification). */
const RGB = 3

function refuseUnwritable(psd: Psd, name: string): void {
  const bits = psd.bitsPerChannel ?? 8
  const mode: number = psd.colorMode ?? RGB
  if (bits === 8 && mode === RGB) return
  const kind = bits === 8 ? 'other colours than RGB' : `${bits} bits per channel`
  throw new ImprintError(
    'document-invalid',
    `${name} has ${kind}; Imprint writes documents of 8 bits in RGB alone. Convert it in Photoshop, or name a .png to write.`,
  )
}

/** Samples of 16 bits, or floats in linear light, as the 8 bits a screen shows. */
function eightBit(samples: PixelArray): Uint8Array {
  if (samples instanceof Uint16Array) return Uint8Array.from(samples, (value) => Math.round(value / 257))
  if (!(samples instanceof Float32Array)) return Uint8Array.from(samples)
  return Uint8Array.from(samples, (value, i) => {
    const light = Math.min(1, Math.max(0, value))
    return Math.round(255 * (i % 4 === 3 ? light : encodeSrgb(light)))
  })
}

/** Light to a value on screen (IEC 61966-2-1). */
const encodeSrgb = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)

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
