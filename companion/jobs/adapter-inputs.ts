import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import { facePackFor } from '../models/face-pack.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import { adapterReads } from '../networks/ip-adapter/config.ts'
import { oneSquare } from './clip-features.ts'
import type { AdapterInput } from './image-tokens.ts'
import { clipCrop } from './faces.ts'
import { facesInPictures, givenFaces, noFace, type ReadFace, type SeenInPicture } from './reference-faces.ts'
import { looksAt, noLook, type Look } from './reference-looks.ts'
import { refuseUnread } from './refuse-unread.ts'
import type { Workshop } from './workshop.ts'

/** What a recipe gives of a reference: pictures, faces as numbers, or both. */
export interface GivenReference {
  readonly pictures: readonly Raster[]
  readonly faces: readonly Float32Array[] | undefined
  readonly negative: Raster | undefined
  readonly mask: Raster | undefined
  readonly fit: Fit
  readonly cropAt?: number | undefined
  readonly shortcut: number | undefined
}

/** What an adapter is given of a reference, and for guidance's run without it. */
export interface AdapterInputs {
  readonly prompt: readonly AdapterInput[]
  readonly none: readonly AdapterInput[]
  /** The first face that was seen in a picture. */
  readonly seen: SeenInPicture | undefined
}

/** How much of the picture FaceID PlusV2 adds to the face, unless told. */
const SHORTCUT = 1

/**
 * What an adapter reads of a reference: looks at its pictures through CLIP, faces found in them or given as numbers, or
 * both. Throws `recipe-invalid` for what it does not read.
 */
export async function adapterInputs(
  shop: Workshop,
  from: AdapterWithEncoder,
  given: GivenReference,
  { guided }: { readonly guided: boolean },
): Promise<AdapterInputs> {
  refuseUnread(from, given)
  const { clip, face } = adapterReads(from.adapter.config)
  const { encoder } = from
  const shortcut = from.adapter.config.kind === 'faceid-plusv2' ? (given.shortcut ?? SHORTCUT) : undefined
  const look = async (pictures: readonly Raster[], fit: Fit, cropAt?: number) =>
    encoder && clip ? looksAt(shop, encoder, clip, pictures, fit, cropAt) : undefined

  const pack = given.faces ? undefined : facePackFor(from.adapter.config, from.adapter.file)
  const seen = pack && (await facesInPictures(shop, from, pack, given.pictures, given.mask))
  const faces = given.faces ? givenFaces(from, given.faces) : seen
  // Of a picture in which a face was seen, CLIP is shown the face alone.
  const shown = seen && clip ? seen.map((face) => clipCrop(face.picture, face)) : given.pictures
  const prompt = paired(await look(shown, given.fit, given.cropAt), faces).map((pair) => inputOf(pair, shortcut))
  if (!guided) return { prompt, none: [], seen: seen?.[0] }

  // One look stands for nothing beside every tile.
  const [negative] = (given.negative && (await look([given.negative], oneSquare(given.fit)))) ?? []
  const nothing = negative ?? (encoder && clip && (await noLook(shop, encoder, clip)))
  const none = inputOf({ look: nothing, face: face && noFace(from) }, shortcut)
  return { prompt, none: prompt.map(() => none), seen: seen?.[0] }
}

interface Pair {
  readonly look: Look | undefined
  readonly face: ReadFace | undefined
}

/** Looks and faces side by side, for an adapter of one or both; one look may stand beside several faces. */
function paired(looks: readonly Look[] | undefined, faces: readonly ReadFace[] | undefined): Pair[] {
  if (!looks || !faces)
    return [
      ...(looks ?? []).map((look) => ({ look, face: undefined })),
      ...(faces ?? []).map((face) => ({ look: undefined, face })),
    ]
  if (looks.length === 1 || looks.length === faces.length) {
    return faces.map((face, i) => ({ look: looks[looks.length === 1 ? 0 : i], face }))
  }
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references.images: there are ${looks.length} pictures or tiles beside ${faces.length} faces. Give one for all, or one for each.`,
  )
}

/** A face and a look as the inputs of an adapter's graph. */
function inputOf({ look, face }: Pair, shortcut: number | undefined): AdapterInput {
  const keys = [look?.key, face?.key, shortcut === undefined ? undefined : `shortcut ${shortcut}`]
  return {
    key: keys.filter((key) => key !== undefined).join(' with '),
    inputs: {
      ...(look && { features: look.features }),
      ...(face && { face: face.face }),
      ...(shortcut !== undefined && { shortcut: { shape: [1], data: Float32Array.of(shortcut) } }),
    },
  }
}
