import { SAMPLER_NAMES } from '../../../../shared/infotext.ts'
import type { Sampler } from '../../../../shared/recipe.ts'

/** The samplers by the names they have everywhere, but for one that A1111 calls otherwise; first the model's own. */
const samplers: Readonly<Record<Sampler | '', string>> = { '': 'Sampler: usual', ...SAMPLER_NAMES, pndm: 'PNDM' }

/** What is said around the prompt: its length, how words count more, earlier prompts, and what is seldom changed. */
export const prompt = {
  heading: 'Make',
  name: 'Prompt',
  example: 'a house, flat colours',
  empty: 'No words',
  length: (words: number, room: number) => `${words} of ${room} words’ worth`,
  tooLong: (length: string) => `${length}: the end is left out`,
  inParts: (length: string, parts: number) => `${length}, read in ${parts} parts`,
  earlier: 'Earlier prompts',

  help: 'How to say what counts more',
  notation: 'Brackets are read as in',
  notations: { a1111: 'Brackets as in A1111', comfy: 'Brackets as in ComfyUI' },
  /** How each notation says what counts more, a line for each way. */
  ways: {
    a1111: [
      '(word) counts 1.1 times, ((word)) 1.21 times',
      '(word:1.3) counts 1.3 times, and brackets around it multiply',
      '[word] counts less, 0.91 times',
      'BREAK begins a new part; each has room for 75',
    ],
    comfy: ['(word) counts 1.1 times, ((word)) 1.21 times', '(word:1.3) counts just 1.3 times', '[word] is only text'],
  },
  backslash: 'A backslash before a bracket makes it a bracket and nothing more.',

  details: 'Without, size, seed and more',
  without: 'Without',
  withoutExample: 'text, frames, blur',
  size: 'Size',
  width: 'Width',
  height: 'Height',
  steps: 'Steps',
  guidance: 'Guidance',
  guidanceHelp: 'How strictly the prompt is followed',
  sampler: 'Sampler',
  samplers,
  seed: 'Seed',
  newSeed: 'new each time',
  usual: 'usual',
  differs: {
    without: (words: string) => `Without: ${words}`,
    size: (width: number, height: number) => `${width} × ${height}`,
    steps: (count: number) => (count === 1 ? '1 step' : `${count} steps`),
    guidance: (guidance: number) => `guidance ${guidance}`,
    seed: (seed: number) => `seed ${seed}`,
  },
}
