import { existsSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs'
import { basename, extname, join, relative, sep } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { facePacksIn, lackedPack } from './face-pack.ts'
import { partsOfCheckpoint, recogniseFile, recogniseFolder } from './recognise.ts'
import type { Recognition } from './recognition.ts'

/** Something found in a models folder: what it is, or why it cannot be used. */
export interface ModelEntry extends Recognition {
  /** How recipes name it: file or folder name without extension. */
  readonly name: string
  readonly path: string
  /** Path inside its models folder, with forward slashes. */
  readonly place: string
  readonly bytes: number
}

/** How far below the models folder models may lie. */
const MAX_DEPTH = 6

/**
 * All models in the given folders, each described by what it holds, never by its name. Where two folders have a model at the
 * same place inside them, the earlier folder's is meant.
 */
export function findModels(roots: readonly string[]): readonly ModelEntry[] {
  const folders = new Set(roots.filter((root) => existsSync(root)).map((root) => realpathSync(root)))
  const byPlace = new Map<string, ModelEntry>()
  for (const entry of [...folders].flatMap((root) => walk(root, root, 0))) {
    if (!byPlace.has(entry.place)) byPlace.set(entry.place, entry)
  }
  return withLackedPacks([...byPlace.values()])
}

/** Adapters that read faces lack something where none of the folders has the pack they were made with. */
function withLackedPacks(entries: readonly ModelEntry[]): ModelEntry[] {
  const packs = new Set(entries.filter(({ role }) => role === 'face-pack').map(({ variant }) => variant))
  return entries.map((entry) =>
    entry.facePack && !packs.has(entry.facePack) ? { ...entry, missing: [lackedPack(entry.facePack)] } : entry,
  )
}

function walk(root: string, folder: string, depth: number): ModelEntry[] {
  const recognised = recogniseFolder(folder)
  const inner = depth < MAX_DEPTH ? contents(folder) : []
  const files = inner.filter((item) => isKind(folder, item, 'file')).map((item) => join(folder, item.name))
  const folders = inner.filter((item) => isKind(folder, item, 'folder')).map((item) => join(folder, item.name))
  const own = recognised ? [entry(root, folder, recognised, folderBytes(folder))] : []
  const loose = recognised ? [] : [...files.flatMap((file) => looseFile(root, file)), ...packEntries(root, files)]
  // The parts of a checkpoint are its own; a nested encoder or adapter may serve others too.
  const parts = partsOfCheckpoint(folder)
  const others = folders.filter((inside) => !parts.has(basename(inside)))
  return [...own, ...loose, ...others.flatMap((inside) => walk(root, inside, depth + 1))]
}

const WEIGHT_FILES = new Set(['.safetensors', '.bin', '.pt', '.pth', '.ckpt'])

function looseFile(root: string, file: string): ModelEntry[] {
  if (!WEIGHT_FILES.has(extname(file).toLowerCase())) return []
  const recognition = recogniseFile(file)
  return recognition ? [entry(root, file, recognition, statSync(file).size)] : []
}

/** A face pack is called after its recogniser: one detector may serve several. */
const packEntries = (root: string, files: readonly string[]): ModelEntry[] =>
  facePacksIn(files).map(({ kind, detector, recogniser }) =>
    entry(
      root,
      recogniser,
      { role: 'face-pack', isFolder: false, variant: kind },
      statSync(detector).size + statSync(recogniser).size,
    ),
  )

const entry = (root: string, path: string, recognition: Recognition, bytes: number): ModelEntry => ({
  name: recognition.isFolder ? basename(path) : basename(path, extname(path)),
  path,
  place: relative(root, path).split(sep).join('/'),
  bytes,
  ...recognition,
})

function contents(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** Follows links, since model caches are full of them; broken ones are neither. */
function isKind(folder: string, item: Dirent, kind: 'file' | 'folder'): boolean {
  try {
    const stat = item.isSymbolicLink() ? statSync(realpathSync(join(folder, item.name))) : item
    return kind === 'file' ? stat.isFile() : stat.isDirectory() && !item.name.startsWith('.')
  } catch {
    return false
  }
}

const folderBytes = (folder: string, depth = 0): number =>
  contents(folder).reduce((sum, item) => {
    const path = join(folder, item.name)
    // Links may lead back up.
    if (isKind(folder, item, 'folder')) return depth < MAX_DEPTH ? sum + folderBytes(path, depth + 1) : sum
    return isKind(folder, item, 'file') ? sum + statSync(path).size : sum
  }, 0)

/**
 * The one model a recipe means: by path inside the models folder, by file name, or by stem, in that order.
 * Where a safetensors file and a pickle share a stem, the safetensors file is meant. Throws `model-missing` otherwise.
 */
export function findModel(models: readonly ModelEntry[], role: ModelEntry['role'], name: string): ModelEntry {
  const candidates = models.filter((model) => model.role === role || model.role === 'unknown')
  const ways: ((model: ModelEntry) => boolean)[] = [
    (model) => model.place === name,
    (model) => basename(model.path) === name,
    (model) => model.name === name && (model.isFolder || extname(model.path).toLowerCase() === '.safetensors'),
    (model) => model.name === name,
  ]
  for (const matches of ways) {
    const found = candidates.filter(matches)
    if (found.length > 1) {
      const places = found.map((model) => model.place).join(' and ')
      throw new ImprintError('model-missing', `Two models are called "${name}": ${places}. Name one by its path.`)
    }
    if (found[0]?.role === 'unknown') {
      throw new ImprintError(
        'model-unsupported',
        `${found[0].place} cannot be used as ${role}: ${sentenceEnd(found[0].why ?? 'its content is unknown')}`,
      )
    }
    if (found[0]) return found[0]
  }
  const other = models.find((model) => ways.some((matches) => matches(model)))
  if (other) {
    throw new ImprintError(
      'model-unsupported',
      `${other.place} cannot be used as ${role}: it is of the kind ${other.role}. Name another.`,
    )
  }
  const known = models.filter((model) => model.role === role).map((model) => model.name)
  const choice = known.length > 0 ? `there is ${known.join(', ')}` : `there is no ${role} at all`
  throw new ImprintError(
    'model-missing',
    `No ${role} is called "${name}"; ${choice}. Put it into the models folder or name another.`,
  )
}

/** Reasons come as parts of a sentence or as whole ones. */
const sentenceEnd = (reason: string): string => (reason.endsWith('.') ? reason : `${reason}.`)
