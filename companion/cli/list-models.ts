import process from 'node:process'
import { findModels, type ModelEntry } from '../models/catalog.ts'
import { modelFolders } from './folders.ts'
import { readOptions, text, ENGINE_OPTIONS } from './options.ts'

const OPTIONS = {
  models: ENGINE_OPTIONS.models,
  json: { type: 'boolean', does: 'as JSON' },
} as const

/** `imprint models`: what was found, and what is not usable and why. */
export async function listModels(args: readonly string[]): Promise<void> {
  const given = readOptions('models', OPTIONS, args)
  if (!given) return
  const found = findModels(modelFolders(text(given.models)))
  process.stdout.write(given.json === true ? `${JSON.stringify(found, null, 2)}\n` : `${table(found)}\n`)
  await Promise.resolve()
}

/** A line for each model; those that share a name are told apart by where they lie. */
function table(models: readonly ModelEntry[]): string {
  const isShared = ({ role, name }: ModelEntry) => models.filter((m) => m.role === role && m.name === name).length > 1
  return models.map((model) => line(model, isShared(model) ? model.place : model.name)).join('\n')
}

function line({ role, family, variant, bytes, why, missing = [] }: ModelEntry, name: string): string {
  const kind = [family, variant].filter((word) => word !== undefined).join(' ')
  const lacks = missing.length > 0 ? `lacks ${missing.join(' and ')}` : ''
  const says = why ?? [kind, lacks].filter((part) => part !== '').join(', ')
  return `${role.padEnd(10)} ${name.padEnd(36)} ${size(bytes).padStart(9)}  ${says}`.trimEnd()
}

/** Bytes as people write them. */
export const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
