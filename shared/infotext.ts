import type { Recipe, Sampler, Sigmas } from './recipe.ts'

/** A1111's names of samplers. */
export const SAMPLER_NAMES: Readonly<Record<Sampler, string>> = {
  ddim: 'DDIM',
  pndm: 'PLMS',
  euler: 'Euler',
  euler_ancestral: 'Euler a',
  heun: 'Heun',
  dpmpp_2m: 'DPM++ 2M',
  dpmpp_2m_sde: 'DPM++ 2M SDE',
  unipc: 'UniPC',
  lcm: 'LCM',
  tcd: 'TCD',
}

/** A1111's names of schedules; it has none for a model's own. */
export const SCHEDULE_NAMES: Readonly<Record<Sigmas, string | undefined>> = {
  model: undefined,
  karras: 'Karras',
  exponential: 'Exponential',
  beta: 'Beta',
}

/** What A1111 writes into a PNG as `parameters` and other programs read: prompts, and a line of settings. */
export function infotext(recipe: Recipe): string {
  const { prompt, negativePrompt, loras = [], checkpoint, size, clipSkip = 0, source } = recipe
  const settings: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['Steps', recipe.steps],
    ['Sampler', recipe.sampler && SAMPLER_NAMES[recipe.sampler]],
    ['Schedule type', recipe.sigmas && SCHEDULE_NAMES[recipe.sigmas]],
    ['CFG scale', recipe.guidance],
    ['Seed', recipe.seed],
    ['Size', size?.join('x')],
    ['Model', typeof checkpoint === 'object' ? checkpoint.file : checkpoint],
    ['Denoising strength', source?.strength],
    // Theirs counts the last layer as one that is left out.
    ['Clip skip', clipSkip > 0 ? clipSkip + 1 : undefined],
    ['Version', 'Imprint'],
  ]
  const words = [prompt, ...loras.map(({ file, weight }) => `<lora:${file}:${weight ?? 1}>`)].filter(
    (part) => part !== '',
  )
  return [
    words.join(' '),
    ...(negativePrompt ? [`Negative prompt: ${negativePrompt}`] : []),
    settings.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${quoted(value)}`])).join(', '),
  ].join('\n')
}

/** A value that holds what divides settings is written as JSON. */
const quoted = (value: string | number): string =>
  /[,:\n]/.test(String(value)) ? JSON.stringify(value) : String(value)
