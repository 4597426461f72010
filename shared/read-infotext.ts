import { SAMPLER_NAMES, SCHEDULE_NAMES } from './infotext.ts'
import { recipeSchema, SAMPLERS, SIGMAS, type Lora, type Recipe } from './recipe.ts'

const NEGATIVE = 'Negative prompt:'
/** A name, and a value that is JSON where it holds a comma. */
const SETTING = /([A-Za-z][\w /-]{0,40}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)/g
const LORA = /<lora:([^:<>]{1,200})(?::(-?[\d.]{1,10}))?[^<>]{0,200}>/g
/** A text of words alone may end in a line that looks like one setting. */
const FEWEST_SETTINGS = 3

/** The recipe that A1111's `parameters` of a PNG ask for; what it says that a recipe has no word for is left out. Undefined for other texts. */
export function readInfotext(text: string): Recipe | undefined {
  const lines = text.trim().split(/\r?\n/)
  const settings = settingsIn(lines.at(-1) ?? '')
  if (settings.size < FEWEST_SETTINGS) return undefined
  const words = lines.slice(0, -1)
  const at = words.findIndex((line) => line.startsWith(NEGATIVE))
  const positive = (at < 0 ? words : words.slice(0, at)).join('\n')
  const negative = at < 0 ? '' : words.slice(at).join('\n').slice(NEGATIVE.length).trim()
  const loras = [...positive.matchAll(LORA)].map(([, file = '', weight]): Lora => ({
    file,
    weight: Number(weight ?? 1),
  }))
  const asked = {
    prompt: positive.replace(LORA, '').trim(),
    notation: 'a1111',
    negativePrompt: negative === '' ? undefined : negative,
    loras: loras.length > 0 ? loras : undefined,
    steps: numberOf(settings, 'Steps'),
    guidance: numberOf(settings, 'CFG scale'),
    seed: numberOf(settings, 'Seed'),
    size: sizeOf(settings.get('Size')),
    checkpoint: settings.get('Model'),
    clipSkip: skipOf(numberOf(settings, 'Clip skip')),
    ...samplingOf(settings),
  }
  return withoutFaults(asked)
}

function settingsIn(line: string): Map<string, string> {
  return new Map([...line.matchAll(SETTING)].map(([, name = '', value = '']) => [name.trim(), unquoted(value.trim())]))
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value
  }
}

function numberOf(settings: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = settings.get(name)
  return value === undefined || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value)
}

function sizeOf(value: string | undefined): [number, number] | undefined {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(value ?? '') ?? []
  return width === undefined ? undefined : [Number(width), Number(height)]
}

/** Theirs counts the last layer as one that is left out. */
const skipOf = (skip: number | undefined): number | undefined =>
  skip === undefined ? undefined : Math.max(0, skip - 1)

/** Older versions name the schedule in the sampler: "DPM++ 2M Karras". */
function samplingOf(settings: ReadonlyMap<string, string>): Pick<Recipe, 'sampler' | 'sigmas'> {
  const said = settings.get('Sampler') ?? ''
  const endsWith = (name: string | undefined): boolean => name !== undefined && said.endsWith(` ${name}`)
  const ending = SIGMAS.find((sigmas) => endsWith(SCHEDULE_NAMES[sigmas]))
  const bare = ending === undefined ? said : said.slice(0, said.lastIndexOf(' '))
  const sampler = SAMPLERS.find((one) => SAMPLER_NAMES[one] === bare)
  const type = settings.get('Schedule type')
  const sigmas = ending ?? SIGMAS.find((one) => type !== undefined && SCHEDULE_NAMES[one] === type)
  return { ...(sampler && { sampler }), ...(sigmas && { sigmas }) }
}

/** What a recipe takes of all that; a field that it does not take costs that field alone. */
function withoutFaults(asked: Readonly<Record<string, unknown>>): Recipe | undefined {
  const fields = Object.entries(asked).filter(([, value]) => value !== undefined)
  const sound = fields.filter(([name, value]) => recipeSchema.safeParse({ prompt: '', [name]: value }).success)
  return recipeSchema.safeParse(Object.fromEntries(sound)).data
}
