import { recipeInPng } from '../../../shared/recipe-in-png.ts'
import { handFile } from '../../host/handed-file.ts'
import type { Controls } from '../double/controls.ts'
import { pictureDocument } from '../double/picture-document.ts'
import { decodePicture } from './decode-picture.ts'

/** Starts of the files that are pictures: PNG, JPEG, and WebP within its RIFF. */
const PICTURES = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x52, 0x49, 0x46, 0x46],
] as const

/**
 * Opens a file that was chosen or dropped: a PSD as a document, a PNG that carries a recipe as that recipe in the panel, any other picture
 * as a layer, or as a document where none is open. Rejects with a sentence.
 */
export async function openFile(controls: Controls, panel: HTMLElement, name: string, bytes: Uint8Array): Promise<void> {
  if (!PICTURES.some((start) => start.every((byte, i) => bytes[i] === byte))) {
    controls.openFile(bytes, name)
  } else if (recipeInPng(bytes) !== undefined) {
    handFile(panel, { name, bytes })
  } else {
    await openPicture(controls, name, bytes)
  }
}

async function openPicture(controls: Controls, name: string, bytes: Uint8Array): Promise<void> {
  const active = controls.active()
  const picture = await decodePicture(bytes, active?.state).catch((cause: unknown) => {
    throw new Error(`“${name}” cannot be read: choose a PSD, PNG, JPEG or WebP file.`, { cause })
  })
  if (active === null) controls.openState(pictureDocument(picture), name)
  else controls.placePicture(picture, name.replace(/\.\w+$/, ''))
}
