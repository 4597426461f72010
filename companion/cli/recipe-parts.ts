import { resolve } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { MODES, PREPROCESSORS, type Recipe, type Reference } from '../../shared/recipe.ts'
import { number, withoutUndefined } from './option-values.ts'
import { text, type Given, type Options } from './options.ts'

/** Options about what stands beside the words: references, LoRAs, a control, a picture to start from. */
export const PART_OPTIONS: Options<PartOption> = {
  reference: { type: 'string', value: 'FILE', does: 'picture to be like' },
  adapter: { type: 'string', value: 'NAME', does: 'adapter that reads it' },
  weight: { type: 'string', value: 'NUMBER', does: 'how much to be like it, 0 to 1.5' },
  mode: { type: 'string', value: 'NAME', does: MODES.join(', ') },
  lora: { type: 'string', value: 'NAME:WEIGHT,…', does: 'LoRAs beside the model; a weight is 1 where none is given' },
  controlnet: { type: 'string', value: 'NAME', does: 'ControlNet that fixes the structure' },
  control: { type: 'string', value: 'FILE', does: 'picture it is shown' },
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
  | 'lora'
  | 'controlnet'
  | 'control'
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
  })
  const controlnet = text(given.controlnet)
  const [first, ...rest] = own
  refuseAlone(first !== undefined || controlnet !== undefined, changes, 'a ControlNet', '--controlnet')
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

/** What changes nothing would be left out in silence. */
function refuseAlone(isThere: boolean, changes: Record<string, unknown>, what: string, option: string): void {
  const [name] = Object.keys(changes)
  if (isThere || name === undefined) return
  const flag = name === 'image' ? 'control' : name
  throw new ImprintError('usage-invalid', `--${flag} is about ${what}, and there is none. Give ${option} too.`)
}
