import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { adapterReads, type IpAdapterConfig } from '../networks/ip-adapter/config.ts'
import { readOnnxOutline, type OnnxOutline } from './onnx-outline.ts'

/** InsightFace packs by what their recognisers are: buffalo_l has one of 50 layers, antelopev2 one of 100. */
export type FacePackKind = 'buffalo_l' | 'antelopev2'

/** The two files of a pack that Imprint runs; the pack's other files are not needed. */
export interface FacePack {
  readonly kind: FacePackKind
  readonly detector: string
  /** The one side the detector takes in pixels; undefined where it takes any. */
  readonly detectorSide: number | undefined
  readonly recogniser: string
  /** Whether the recogniser's graph normalises by itself and takes 0 to 255. */
  readonly takesRawPixels: boolean
}

/** The same shapes as InstantID's, but made with buffalo_l: the portrait adapters "unnorm" are told by their names. */
const UNNORMED_PORTRAIT = /unnorm/i

/** The pack an adapter in that file was made with: embeddings of unit length are buffalo_l's; none where it reads no face. */
export function facePackFor(config: IpAdapterConfig, file: string): FacePackKind | undefined {
  const { face } = adapterReads(config)
  if (face === undefined) return undefined
  return face === 'raw' && !UNNORMED_PORTRAIT.test(basename(file)) ? 'antelopev2' : 'buffalo_l'
}

type Recognised =
  | { readonly role: 'detector'; readonly side: number | undefined }
  | { readonly role: 'recogniser'; readonly kind: FacePackKind; readonly takesRawPixels: boolean }

/** SCRFD with key points puts out scores, boxes and points for each of three grids. */
const DETECTOR_OUTPUTS = 9
const FACE_SIDE = 112
const EMBEDDING_SIZE = 512
/** A recogniser of 50 layers has 53 convolutions, one of 100 has 103. */
const MANY_CONVOLUTIONS = 75
/** Graphs that normalise by themselves do it among their first operators. */
const FIRST_OPERATORS = 8

/** What part of a face pack a network is, from its inputs, outputs and operators; undefined where it is none. */
export function recogniseFaceNetwork({ inputs, outputs, operators }: OnnxOutline): Recognised | undefined {
  const [input] = inputs
  if (!input || inputs.length !== 1 || input.length !== 4 || (input[1] ?? 3) !== 3) return undefined
  const [, , height, width] = input
  if (outputs.length === DETECTOR_OUTPUTS && height === width) return { role: 'detector', side: height }
  const size = outputs[0]?.at(-1) ?? EMBEDDING_SIZE
  if (outputs.length !== 1 || height !== FACE_SIDE || width !== FACE_SIDE || size !== EMBEDDING_SIZE) return undefined
  const first = operators.slice(0, FIRST_OPERATORS)
  const convolutions = operators.filter((operator) => operator === 'Conv').length
  return {
    role: 'recogniser',
    kind: convolutions > MANY_CONVOLUTIONS ? 'antelopev2' : 'buffalo_l',
    takesRawPixels: first.includes('Sub') && first.includes('Mul'),
  }
}

/** The face packs among the files of one folder: a detector, with each recogniser beside it. */
export function facePacksIn(files: readonly string[]): readonly FacePack[] {
  const known = files.flatMap((path) => {
    const recognised = extname(path).toLowerCase() === '.onnx' ? recogniseFile(path) : undefined
    return recognised ? [{ path, ...recognised }] : []
  })
  const detector = known.find((file) => file.role === 'detector')
  if (!detector) return []
  return known
    .filter((file) => file.role === 'recogniser')
    .map(({ path, kind, takesRawPixels }) => ({
      kind,
      detector: detector.path,
      detectorSide: detector.side,
      recogniser: path,
      takesRawPixels,
    }))
}

/** The pack of which this file is the recogniser; undefined where the file, or the detector beside it, is no longer there. */
export function facePackOf(recogniser: string): FacePack | undefined {
  const folder = dirname(recogniser)
  if (!existsSync(folder)) return undefined
  const files = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
  return facePacksIn(files).find((pack) => pack.recogniser === recogniser)
}

const FILES: Record<FacePackKind, string> = {
  buffalo_l: 'det_10g.onnx and w600k_r50.onnx',
  antelopev2: 'scrfd_10g_bnkps.onnx and glintr100.onnx',
}

const LICENCE = 'InsightFace licenses them for non-commercial research only'

/** What a listing says an adapter lacks. */
export const lackedPack = (kind: FacePackKind): string =>
  `InsightFace's ${kind} (${FILES[kind]} in models/insightface/${kind}; ${LICENCE})`

/** What a job ends with where the pack is in none of the folders: what to fetch and where to put it. */
export const missingPack = (kind: FacePackKind): ImprintError =>
  new ImprintError(
    'model-missing',
    `This adapter needs InsightFace's ${kind}: put ${FILES[kind]} into models/insightface/${kind}; ${LICENCE}, so Imprint does not bring them.`,
  )

function recogniseFile(path: string): Recognised | undefined {
  try {
    return recogniseFaceNetwork(readOnnxOutline(path))
  } catch {
    // A damaged file is no part of a pack; what is then missing is said.
    return undefined
  }
}
