import { extname } from 'node:path'
import process from 'node:process'
import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { scoreInWords } from '../../shared/score.ts'
import { createChildEngine } from '../engine/child-engine.ts'
import type { Engine, GenerateRequest, Result } from '../engine/engine.ts'
import { writeSafetensors } from '../weights/write.ts'
import { refuseUnwritable } from './targets.ts'
import { replaceFile } from '../files/write-whole.ts'
import { engineOptions, ENGINE_OPTIONS, readOptions, text } from './options.ts'
import { openDocument, type PsdDocument, writeDocument } from './psd-document.ts'
import { readFaces } from './face-files.ts'
import { readPictures, writePng } from './pictures.ts'
import { progressLine } from './progress-line.ts'
import { RECIPE_OPTIONS, recipeFromOptions } from './recipe-options.ts'

const OPTIONS = {
  ...RECIPE_OPTIONS,
  psd: { type: 'string', value: 'FILE', does: 'Photoshop document whose layer is the reference' },
  layer: { type: 'string', value: 'NAME', does: 'that layer' },
  out: { type: 'string', value: 'FILE', does: 'where to write the picture: .png, or .psd, where it is a layer' },
  dump: { type: 'string', value: 'FILE', does: 'also write latents and exact pixels (.safetensors)' },
  score: { type: 'boolean', does: 'also say how near the picture came to reference and prompt' },
  ...ENGINE_OPTIONS,
  json: { type: 'boolean', does: 'print the complete recipe and what ran, as JSON' },
} as const

/** Ctrl+C, and what a system says before it ends a program. */
const STOPPING = ['SIGINT', 'SIGTERM'] as const

/** `imprint generate`: one recipe, one picture. */
export async function generate(args: readonly string[]): Promise<void> {
  const given = readOptions('generate', OPTIONS, args)
  if (!given) return
  const [out, dump] = [text(given.out), text(given.dump)]
  if (out !== undefined) refuseUnwritable('out', out, ['.png', '.psd'])
  if (dump !== undefined) refuseUnwritable('dump', dump, ['.safetensors'])
  if (out === undefined && dump === undefined) refuseUnwritable('out', pictureOf({}), ['.png'])
  const document = await documentOf(text(given.psd), text(given.layer), out)
  if (document && given.reference !== undefined) {
    throw new ImprintError('usage-invalid', '--reference and --psd both name what to be like. Give one of them.')
  }
  const request = await requestOf(recipeFromOptions(given, document && LAYER), document)
  const engine = createChildEngine(engineOptions(given))
  try {
    const result = await run(engine, { ...request, dump: dump !== undefined, score: given.score === true })
    if (dump !== undefined) await replaceFile(dump, (draft) => writeSafetensors(draft, result.dump!))
    const path = out ?? (dump === undefined ? pictureOf(result.recipe) : undefined)
    if (path !== undefined) await write(path, result, document)
    if (given.json === true) {
      const { recipe, runs, seconds, score } = result
      process.stdout.write(
        `${JSON.stringify({ recipe, runs, seconds, score, device: await engine.device(), out: path })}\n`,
      )
    } else if (path !== undefined) {
      process.stdout.write(
        `${path}: ${result.recipe.prompt || 'a picture'}, ${result.seconds.toFixed(1)} s, seed ${result.recipe.seed ?? 0}\n`,
      )
    }
    if (result.score && given.json !== true) process.stdout.write(`${scoreInWords(result.score) || NO_SCORE}\n`)
  } finally {
    await engine.close()
  }
}

const NO_SCORE =
  'There is no score: it needs an image encoder that fits the checkpoint, and a reference or a prompt in its space.'

/** The file of a picture for which none was named. */
const pictureOf = ({ seed = 0 }: Pick<Recipe, 'seed'>): string => `imprint-${seed}.png`

async function documentOf(
  psd: string | undefined,
  layer: string | undefined,
  out: string | undefined,
): Promise<PsdDocument | undefined> {
  if (psd === undefined) {
    if (layer === undefined) return undefined
    throw new ImprintError('usage-invalid', 'A layer needs a document: give --psd FILE together with --layer.')
  }
  if (layer === undefined) throw new ImprintError('usage-invalid', '--psd needs --layer: name the layer to be like.')
  const document = await openDocument(psd, layer)
  if (out !== undefined && isPsd(out)) document.refuseUnwritable()
  return document
}

/** Names the document's layer in the recipe; no file is called so. */
const LAYER = 'layer:'

/** What the recipe names, read from files, and the document's layer. */
async function requestOf(
  recipe: Recipe,
  document: PsdDocument | undefined,
): Promise<Pick<GenerateRequest, 'recipe' | 'pictures' | 'faces'>> {
  const folder = process.cwd()
  const ofLayer = document && { [LAYER]: document.reference }
  const pictures = await readPictures(recipe, folder, Object.keys(ofLayer ?? {}))
  return { recipe, faces: readFaces(recipe, folder), pictures: { ...pictures, ...ofLayer } }
}

async function run(engine: Engine, request: GenerateRequest): Promise<Result> {
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  for (const signal of STOPPING) process.once(signal, interrupt)
  const line = progressLine()
  try {
    for await (const event of engine.generate(request, stop.signal)) {
      if (event.type === 'result') return event
      line.show(event)
    }
    throw new ImprintError('engine-failed', 'The engine ended without a picture. Try again.')
  } finally {
    line.clear()
    for (const signal of STOPPING) process.removeListener(signal, interrupt)
  }
}

const isPsd = (path: string): boolean => extname(path).toLowerCase() === '.psd'

async function write(
  path: string,
  { picture, recipe }: { picture: Raster; recipe: Recipe },
  document: PsdDocument | undefined,
): Promise<void> {
  if (!isPsd(path)) return writePng(path, picture, recipe)
  const layer = { picture, name: `Imprint: ${recipe.prompt}` }
  await (document ? document.save(path, layer) : writeDocument(path, layer))
}
