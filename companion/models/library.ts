import { readdirSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import type { CheckpointName } from '../../shared/recipe.ts'
import { adapterReads, type IpAdapterConfig } from '../networks/ip-adapter/config.ts'
import { visionTokens, type ClipVisionConfig } from '../networks/clip-vision.ts'
import { adapterTensors, fits, openAdapter, readAdapterConfig, refuseOtherFamily, type Adapter } from './adapter.ts'
import { inferIpAdapter } from './adapter-config.ts'
import { findModel, findModels, type ModelEntry } from './catalog.ts'
import { openControlNet, refuseOtherUNet, type ControlNet } from './controlnet.ts'
import { openCheckpoint, type Checkpoint } from './checkpoint.ts'
import { openCheckpointFile } from './checkpoint-file.ts'
import { facePackOf, missingPack, type FacePack, type FacePackKind } from './face-pack.ts'
import { openImageEncoder, readEncoderConfig, type ImageEncoder } from './image-encoder.ts'
import { outline } from './outline.ts'
import { openLora, type Lora } from './lora.ts'
import { T2I_ADAPTER } from './recognise-t2i-adapter.ts'
import { openT2iAdapter, refuseOtherWayDown, type T2iAdapter } from './t2i-adapter.ts'
import { openTaesd, taesdFor } from './taesd.ts'
import type { TaesdConfig } from '../networks/taesd.ts'
import type { Part } from './part.ts'

/** An adapter, together with the image encoder whose features it reads; one that reads a face alone has none. */
export interface AdapterWithEncoder {
  readonly name: string
  readonly adapter: Adapter
  readonly encoder?: ImageEncoder
}

/** The models of some folders, found by name, opened once and kept open. */
export interface Library {
  entries(): readonly ModelEntry[]
  /** The named checkpoint, or the first that opens. */
  checkpoint(name: CheckpointName | undefined): Checkpoint
  /** The named adapter, or the first that fits the checkpoint, with an encoder that fits it. */
  adapter(name: string | undefined, checkpoint: Checkpoint): AdapterWithEncoder
  /** The named ControlNet or T2I-Adapter; throws `model-unsupported` where it steers other UNets than the checkpoint's. */
  controlnet(name: string, checkpoint: Checkpoint): ControlNet | T2iAdapter
  /** The named LoRA; throws `model-unsupported` where it does not fit the checkpoint. */
  lora(name: string, checkpoint: Checkpoint): Lora
  /** InsightFace's networks as an adapter for faces was made with them. */
  facePack(kind: FacePackKind): FacePack
  /** The tiny decoder for the checkpoint's latents. */
  taesd(checkpoint: Checkpoint): Part<TaesdConfig>
}

/** Looks through the folders at once; files that come later are found when a name is not known yet. */
export function openLibrary(roots: readonly string[]): Library {
  let entries = findModels(roots)
  const checkpoints = new Map<string, Checkpoint>()
  const configs = new Map<string, IpAdapterConfig>()
  const adapters = new Map<string, AdapterWithEncoder>()
  const controlnets = new Map<string, ControlNet | T2iAdapter>()
  const loras = new Map<string, Lora>()
  const decoders = new Map<string, Part<TaesdConfig>>()

  /** Files that came after the last look are found once something is missing. */
  const lookUp = <T>(find: () => T): T => {
    try {
      return find()
    } catch (thrown) {
      if (!(thrown instanceof ImprintError) || thrown.code !== 'model-missing') throw thrown
      entries = findModels(roots)
      return find()
    }
  }

  const checkpointAt = (entry: ModelEntry, config: string | undefined): Checkpoint => {
    const key = [entry.path, ...(config === undefined ? [] : [config])].map(stamp).join(' with ')
    return remember(checkpoints, key, () => ({
      ...(entry.isFolder ? openCheckpoint(entry.path) : openCheckpointFile(entry.path, config)),
      name: callable(entries, entry),
    }))
  }

  return {
    entries: () => (entries = findModels(roots)),
    checkpoint: (name) =>
      lookUp(() => {
        if (name === undefined) return firstThatOpens(entries, (entry) => checkpointAt(entry, undefined))
        const entry = findModel(entries, 'checkpoint', typeof name === 'object' ? name.file : name)
        return checkpointAt(entry, typeof name === 'object' ? configuration(entries, entry, name.config) : undefined)
      }),
    adapter: (name, checkpoint) =>
      lookUp(() => {
        const entry = findModel(entries, 'adapter', name ?? firstFitting(entries, checkpoint))
        const config = remember(configs, stamp(entry.path), () => readAdapterConfig(entry.path))
        const adapter = { name: callable(entries, entry), config }
        refuseOtherFamily(adapter, checkpoint)
        const found = encoderFor(adapter, nearestFirst(entries, 'encoder', checkpoint.folder))
        const files = [entry, ...(found ? [found] : [])].map(({ path }) => stamp(path)).join(' with ')
        return remember(adapters, `${files} for ${checkpoint.unet.identity}`, () => {
          const encoder = found && openImageEncoder(found)
          const rows = encoder ? featureTokens(config, encoder.config) : 0
          return {
            name: adapter.name,
            ...(encoder && { encoder }),
            adapter: openAdapter(entry.path, config, checkpoint.unet.config, rows),
          }
        })
      }),
    controlnet: (name, checkpoint) =>
      lookUp(() => {
        const entry = findModel(entries, 'controlnet', name)
        const opened = remember(controlnets, stamp(entry.path), () => ({
          ...(entry.variant === T2I_ADAPTER ? openT2iAdapter(entry) : openControlNet(entry)),
          name: callable(entries, entry),
        }))
        if (opened.kind === 't2i-adapter') refuseOtherWayDown(opened, checkpoint)
        else refuseOtherUNet(opened, checkpoint)
        return opened
      }),
    lora: (name, checkpoint) =>
      lookUp(() => {
        const { path } = findModel(entries, 'lora', name)
        const parts = [checkpoint.unet, ...checkpoint.towers].map(({ identity }) => identity)
        return remember(loras, `${stamp(path)} for ${parts.join()}`, () => openLora(path, checkpoint))
      }),
    facePack: (kind) =>
      lookUp(() => {
        const entry = entries.find(({ role, variant }) => role === 'face-pack' && variant === kind)
        const pack = entry && facePackOf(entry.path)
        if (pack) return pack
        throw missingPack(kind)
      }),
    taesd: (checkpoint) =>
      lookUp(() => {
        const entry = taesdFor(entries, checkpoint)
        return remember(decoders, stamp(entry.path), () => openTaesd(entry))
      }),
  }
}

/** The folder whose configuration a checkpoint file is to use. */
function configuration(entries: readonly ModelEntry[], entry: ModelEntry, name: string): string {
  const { isFolder, path, place } = findModel(entries, 'checkpoint', name)
  if (entry.isFolder)
    throw new ImprintError(
      'model-unsupported',
      `${entry.place} is a folder and has a configuration of its own. Name it alone.`,
    )
  if (isFolder) return path
  throw new ImprintError(
    'model-unsupported',
    `${place} is a file and has no configuration. Name a model folder instead.`,
  )
}

/** What is used when a recipe names no checkpoint: the first whole one that opens, folders before files. */
function firstThatOpens(entries: readonly ModelEntry[], open: (entry: ModelEntry) => Checkpoint): Checkpoint {
  const whole = entries.filter(({ role, missing }) => role === 'checkpoint' && !missing?.length)
  let refusal: ImprintError | undefined
  for (const entry of [...whole.filter(({ isFolder }) => isFolder), ...whole.filter(({ isFolder }) => !isFolder)]) {
    try {
      return open(entry)
    } catch (thrown) {
      if (!(thrown instanceof ImprintError)) throw thrown
      refusal ??= thrown
    }
  }
  throw (
    refusal ?? new ImprintError('model-missing', 'There is no whole checkpoint in the models folder. Put one there.')
  )
}

/** A file or folder and when it was last written: what was opened before that is not what lies there now. */
function stamp(path: string): string {
  const whole = statSync(path)
  const parts = whole.isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : []
  // A link that leads nowhere has no time; whoever reads it says so.
  const written = (part: string) => statSync(join(path, part), { throwIfNoEntry: false })?.mtimeMs ?? 'nowhere'
  return [`${path}:${whole.mtimeMs}:${whole.size}`, ...parts.map((part) => `${part}:${written(part)}`)].join()
}

/** A name that means this model and no other: its stem, or its path in the folder where others share the stem. */
function callable(entries: readonly ModelEntry[], entry: ModelEntry): string {
  try {
    return findModel(entries, entry.role, entry.name) === entry ? entry.name : entry.place
  } catch {
    return entry.place
  }
}

/** Rows of features an adapter reads: one projected vector, or every token of the picture. */
const featureTokens = (config: IpAdapterConfig, encoder: ClipVisionConfig): number =>
  adapterReads(config).clip === 'embeds' ? 1 : visionTokens(encoder)

/** Where the image encoders of nearly all adapters come from. */
const ENCODERS = 'the folder image_encoder of h94/IP-Adapter on Hugging Face, or the one its page names'

/** The image encoder that makes what an adapter reads; none where it reads no picture. */
function encoderFor(
  { name, config }: { readonly name: string; readonly config: IpAdapterConfig },
  encoders: readonly ModelEntry[],
): ModelEntry | undefined {
  if (!('features' in config)) return undefined
  const wide = ({ projectionSize, hiddenSize }: ClipVisionConfig) =>
    adapterReads(config).clip === 'embeds' ? projectionSize : hiddenSize
  // Only the one that fits will be opened: a damaged other one is none of this adapter's business.
  const fitting = encoders
    // A file of no published width does not say what it is; a folder does.
    .filter(({ isFolder, variant, missing }) => (isFolder || variant !== undefined) && !missing?.length)
    .find((entry) => wide(readEncoderConfig(entry)) === config.features)
  if (fitting) return fitting
  throw new ImprintError(
    'model-missing',
    `The adapter "${name}" reads features ${config.features} wide, and no image encoder in the models folder makes them. Put its image encoder there: ${ENCODERS}.`,
  )
}

/** The first that fits; one that wants a face is taken only where there is no other. */
function firstFitting(entries: readonly ModelEntry[], { folder, name, unet }: Checkpoint): string {
  const fitting = nearestFirst(entries, 'adapter', folder).flatMap(({ path, place }) => {
    const file = outline(adapterTensors(path))
    const config = inferIpAdapter(file, path)
    return config && fits(config, unet.config, file)
      ? [{ place, wantsFace: adapterReads(config).face !== undefined }]
      : []
  })
  const first = fitting.find(({ wantsFace }) => !wantsFace) ?? fitting[0]
  if (first) return first.place
  throw new ImprintError(
    'model-missing',
    `No IP-Adapter in the models folder fits "${name}". Put one there that does: those of h94/IP-Adapter on Hugging Face, for example.`,
  )
}

/** A checkpoint's own parts before others. */
function nearestFirst(entries: readonly ModelEntry[], role: ModelEntry['role'], folder: string): ModelEntry[] {
  const inside = (entry: ModelEntry) => `${dirname(entry.path)}${sep}`.startsWith(`${folder}${sep}`)
  const wanted = entries.filter((entry) => entry.role === role)
  return [...wanted.filter(inside), ...wanted.filter((entry) => !inside(entry))]
}

function remember<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = make()
  kept.set(key, made)
  return made
}
