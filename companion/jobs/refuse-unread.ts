import { ImprintError } from '../../shared/errors.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import { adapterReads } from '../networks/ip-adapter/config.ts'
import type { GivenReference } from './adapter-inputs.ts'

/** Refuses what an adapter would not look at, so that nothing is left out in silence, and what it misses; throws `recipe-invalid`. */
export function refuseUnread(
  { name, adapter }: Pick<AdapterWithEncoder, 'name' | 'adapter'>,
  { pictures, faces, negative, shortcut, fit, cropAt }: Omit<GivenReference, 'mask'>,
): void {
  const { clip, face } = adapterReads(adapter.config)
  if (faces && !face) refuse('embedding', `the adapter "${name}" reads pictures and no faces. Give a picture instead`)
  if (faces && !clip && pictures.length > 0) {
    refuse('embedding', `the adapter "${name}" reads a face alone. Give either a picture of it or its numbers`)
  }
  if (face && clip && pictures.length === 0) {
    refuse('image', `the adapter "${name}" reads a picture beside the face. Give one`)
  }
  if (face && !(faces && clip) && (fit !== 'crop' || cropAt !== undefined)) {
    const field = fit === 'crop' ? 'cropAt' : 'fit'
    refuse(field, `the adapter "${name}" reads faces, which are cut out of their pictures. Leave the field out`)
  }
  if (negative && !clip) refuse('negative', `the adapter "${name}" reads faces and no pictures. Leave the field out`)
  if (shortcut !== undefined && adapter.config.kind !== 'faceid-plusv2') {
    refuse('shortcut', `the adapter "${name}" has none; only those of FaceID PlusV2 do. Leave the field out`)
  }
}

function refuse(field: string, why: string): never {
  throw new ImprintError('recipe-invalid', `recipe.references.${field}: ${why}.`)
}
