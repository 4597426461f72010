import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { ImprintError } from '../../shared/errors.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { openLedger, type Ledger } from '../weights/weights.ts'
import { readJson } from './config.ts'

/** One network of a model: its configuration, and its weights where they lie. */
export interface Part<Config> {
  readonly config: Config
  readonly ledger: Ledger
  /** Changes when the files change: part of the key of every network loaded from them. */
  readonly identity: string
  /** How strong its LoRAs are, by the input of its graphs that says so. */
  readonly strengths?: Readonly<Record<string, number>>
}

/** Changes with the files and with how strong LoRAs are: part of the key of everything computed from them. */
export const stateOf = ({ identity, strengths = {} }: Pick<Part<unknown>, 'identity' | 'strengths'>): string =>
  [identity, ...Object.entries(strengths).map(([name, strength]) => `${name} ${strength}`)].join(' at ')

/** Stored position numbers, which every version of the tower counts for itself. */
export const POSITION_IDS = /(^|\.)position_ids$/

/** The weights of a network's folder: one file, or several named by an index; half precision where that is what there is. */
export function openFolderWeights(folder: string, stem: string): Omit<Part<never>, 'config'> {
  for (const name of [`${stem}.safetensors`, `${stem}.fp16.safetensors`]) {
    const index = join(folder, `${name}.index.json`)
    if (existsSync(index)) return openFiles(shards(index), folder)
    if (existsSync(join(folder, name))) return openFiles([join(folder, name)], folder)
  }
  throw new ImprintError(
    'model-invalid',
    `The model folder ${folder} lacks ${stem}.safetensors. Download the model again.`,
  )
}

/** The weights of one or several weights files. */
export function openFiles(paths: readonly string[], origin: string): Omit<Part<never>, 'config'> {
  const tensors = new Map<string, StoredTensor>()
  for (const path of paths) {
    for (const [name, tensor] of openWeightFile(path).tensors) {
      if (tensors.has(name))
        throw new ImprintError('model-invalid', `${basename(origin)} stores "${name}" twice. Download the model again.`)
      tensors.set(name, tensor)
    }
  }
  return { ledger: openLedger(tensors, origin), identity: paths.map(fileIdentity).join('|') }
}

/** The same weights under another configuration are another network. */
export const configured = <Stored extends Pick<Part<unknown>, 'identity'>>(
  stored: Stored,
  config: unknown,
): Stored => ({
  ...stored,
  identity: `${stored.identity} ${JSON.stringify(config)}`,
})

/** Changes when the file does. */
export function fileIdentity(path: string): string {
  const { size, mtimeMs, ino } = statSync(path)
  return `${path}:${size}:${mtimeMs}:${ino}`
}

function shards(index: string): string[] {
  const parsed = z.looseObject({ weight_map: z.record(z.string(), z.string()) }).safeParse(readJson(index))
  if (!parsed.success)
    throw new ImprintError('model-invalid', `${basename(index)} has no weight_map. Download the model again.`)
  // basename: an index must not lead out of its folder.
  return [...new Set(Object.values(parsed.data.weight_map))].map((name) => join(index, '..', basename(name)))
}
