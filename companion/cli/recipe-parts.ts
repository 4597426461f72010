import { resolve } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { FITS, MODES, PREPROCESSORS, type Recipe, type Reference } from '../../shared/recipe.ts'
import { number, withoutUndefined } from './option-values.ts'
import { text, type Given, type Options } from './options.ts'

/** Options about what stands beside the words: references, LoRAs, a control, a picture to start from. */
export const PART_OPTIONS: Options<PartOption> = {
  reference: { type: 'string', value: 'FILE', does: 'picture to be like' },
  adapter: { type: 'string', value: 'NAME', does: 'adapter that reads it' },
  weight: { type: 'string', value: 'NUMBER', does: 'how much to be like it, 0 to 1.5' },
  mode: { type: 'string', value: 'NAME', does: MODES.join(', ') },
  start: { type: 'string', value: 'NUMBER', does: 'part of the steps before it acts, 0 to 1' },
  end: { type: 'string', value: 'NUMBER', does: 'part of the steps after which it acts no more' },
  fit: { type: 'string', value: 'NAME', does: `what is seen of it where it is not square: ${FITS.join(', ')}` },
  shortcut: { type: 'string', value: 'NUMBER', does: 'how much FaceID PlusV2 looks beside the face' },
  lora: { type: 'string', value: 'NAME:WEIGHT,…', does: 'LoRAs beside the model; a weight is 1 where none is given' },
  controlnet: { type: 'string', value: 'NAME', does: 'ControlNet that fixes the structure' },
  control: { type: 'string', value: 'FILE', does: 'picture it is shown' },
  'control-weight': { type: 'string', value: 'NUMBER', does: 'how much it holds, 0 to 2' },
  'control-start': { type: 'string', value: 'NUMBER', does: 'part of the steps before it holds, 0 to 1' },
  'control-end': { type: 'string', value: 'NUMBER', does: 'part of the steps after which it lets go' },
  preprocess: { type: 'string', value: 'NAME', does: `what is done to that first: ${PREPROCESSORS.join(', ')}` },
  source: { type: 'string', value: 'FILE', does: 'picture to start from' },
  strength: { type: 'string', value: 'NUMBER', does: 'how much of it is painted anew, 0 to 1' },
  mask: { type: 'string', value: 'FILE', does: 'white where it is painted anew' },
}

type PartOption =
  | 'reference'
  | 'adapter'
  | 'weight'
  | 'mode'
  | 'start'
  | 'end'
  | 'fit'
  | 'shortcut'
  | 'lora'
  | 'controlnet'
  | 'control'
  | 'control-weight'
  | 'control-start'
  | 'control-end'
  | 'preprocess'
  | 'source'
  | 'strength'
  | 'mask'

type GivenParts = Given<PartOption>
type Parts = Pick<Recipe, 'references' | 'loras' | 'controls' | 'source'>

/**
 * The recipe's parts, with what the options say of them; `layer` is what the first reference's picture is called where it comes
 * from a document. Throws `usage-invalid` for an option about a part that is not there.
 */
export const overriddenParts = (
  base: Parts,
  given: GivenParts,
  layer: string | undefined,
): Record<string, unknown> => ({
  references: references(base.references ?? [], given, layer),
  loras: loras(text(given.lora)) ?? base.loras,
  controls: controls(base.controls ?? [], given),
  source: source(base.source, given),
})

/** `--reference` adds or replaces the first one; the other options hold for all. */
function references(own: readonly Reference[], given: GivenParts, layer: string | undefined): unknown[] {
  const file = text(given.reference)
  const image = layer ?? (file === undefined ? undefined : resolve(file))
  const [first, ...rest] = own
  const named = image === undefined ? own : [ofPicture(first, image), ...rest]
  const changes = withoutUndefined({
    weight: number('weight', given.weight),
    adapter: text(given.adapter),
    mode: text(given.mode),
    start: number('start', given.start),
    end: number('end', given.end),
    fit: text(given.fit),
    shortcut: number('shortcut', given.shortcut),
  })
  refuseAlone(named.length > 0, changes, 'a reference', '--reference')
  return named.map((reference) => {
    const changed = { ...reference, ...changes }
    if ('mode' in changes) delete changed.layers
    return changed
  })
}

/** A reference like the given one, to one picture instead of its own pictures or face. */
function ofPicture(reference: Reference | undefined, image: string): Reference {
  const kept = { ...reference, image }
  delete kept.images
  delete kept.embedding
  return kept
}

/** `a:0.7,b`: a file's name may hold colons of its own, so only a number at the end is a weight. */
const loras = (written: string | undefined): unknown[] | undefined =>
  written
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [, file = one, weight] = /^(.+):(-?[\d.]+)$/.exec(one) ?? []
      return { file, ...(weight !== undefined && { weight: Number(weight) }) }
    })

/** `--controlnet` adds or replaces the first one. */
function controls(own: NonNullable<Recipe['controls']>, given: GivenParts): unknown[] {
  const image = text(given.control)
  const changes = withoutUndefined({
    image: image === undefined ? undefined : resolve(image),
    preprocess: text(given.preprocess),
    weight: number('control-weight', given['control-weight']),
    start: number('control-start', given['control-start']),
    end: number('control-end', given['control-end']),
  })
  const controlnet = text(given.controlnet)
  const [first, ...rest] = own
  const isThere = first !== undefined || controlnet !== undefined
  refuseAlone(isThere, changes, 'a ControlNet', '--controlnet', CONTROL_FLAGS)
  if (!first && controlnet === undefined) return []
  return [{ ...first, ...(controlnet !== undefined && { controlnet }), ...changes }, ...rest]
}

function source(own: Recipe['source'], given: GivenParts): unknown {
  const [image, mask] = [text(given.source), text(given.mask)].map((file) =>
    file === undefined ? undefined : resolve(file),
  )
  const changes = withoutUndefined({ strength: number('strength', given.strength), mask })
  refuseAlone(own !== undefined || image !== undefined, changes, 'a picture to start from', '--source')
  if (!own && image === undefined) return undefined
  return { ...own, ...(image !== undefined && { image }), ...changes }
}

/** What the fields of a control are called among the options, where that is otherwise. */
const CONTROL_FLAGS = { image: 'control', weight: 'control-weight', start: 'control-start', end: 'control-end' }

/** What changes nothing would be left out in silence. */
function refuseAlone(
  isThere: boolean,
  changes: Record<string, unknown>,
  what: string,
  option: string,
  flags: Readonly<Record<string, string>> = {},
): void {
  const [name] = Object.keys(changes)
  if (isThere || name === undefined) return
  const flag = flags[name] ?? name
  throw new ImprintError('usage-invalid', `--${flag} is about ${what}, and there is none. Give ${option} too.`)
}
