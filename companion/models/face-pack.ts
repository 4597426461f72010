import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { adapterReads } from '../networks/ip-adapter/config.ts'
import type { Adapter } from './adapter.ts'
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

/** The pack an adapter for faces was made with: embeddings of unit length are buffalo_l's. */
export const facePackFor = ({ config, file }: Pick<Adapter, 'config' | 'file'>): FacePackKind =>
  adapterReads(config).face === 'raw' && !UNNORMED_PORTRAIT.test(basename(file)) ? 'antelopev2' : 'buffalo_l'

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

/** The face packs in the models folders: each folder that holds both a detector and a recogniser. */
export function findFacePacks(roots: readonly string[]): readonly FacePack[] {
  const files = roots.flatMap((root) => onnxFiles(root, 0))
  const folders = [...new Set(files.map((file) => dirname(file)))]
  return folders.flatMap((folder) => packOf(files.filter((file) => dirname(file) === folder)))
}

/**
 * The pack an adapter for faces was made with. Throws `model-missing` where it is in none of the folders, with what to
 * fetch and where to put it.
 */
export function findFacePack(roots: readonly string[], kind: FacePackKind): FacePack {
  const found = findFacePacks(roots).find((pack) => pack.kind === kind)
  if (found) return found
  throw new ImprintError('model-missing', MISSING[kind])
}

const LICENCE = 'InsightFace licenses them for non-commercial research only, so Imprint does not bring them'

const MISSING: Record<FacePackKind, string> = {
  buffalo_l: `This adapter needs InsightFace's buffalo_l: put det_10g.onnx and w600k_r50.onnx into models/insightface/buffalo_l; ${LICENCE}.`,
  antelopev2: `InstantID needs InsightFace's antelopev2: put scrfd_10g_bnkps.onnx and glintr100.onnx into models/insightface/antelopev2; ${LICENCE}.`,
}

function packOf(files: readonly string[]): FacePack[] {
  const known = files.flatMap((path) => {
    const recognised = recogniseFile(path)
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

function recogniseFile(path: string): Recognised | undefined {
  try {
    return recogniseFaceNetwork(readOnnxOutline(path))
  } catch {
    // A damaged file is no part of a pack; what is then missing is said.
    return undefined
  }
}

/** How far below the models folder packs may lie. */
const MAX_DEPTH = 6

function onnxFiles(folder: string, depth: number): string[] {
  return contents(folder).flatMap((name) => {
    const path = join(folder, name)
    const kind = kindOf(path)
    if (kind === 'folder') return depth < MAX_DEPTH && !basename(path).startsWith('.') ? onnxFiles(path, depth + 1) : []
    return kind === 'file' && name.toLowerCase().endsWith('.onnx') ? [path] : []
  })
}

function contents(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stat = statSync(path)
    return stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : undefined
  } catch {
    return undefined
  }
}
