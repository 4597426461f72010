import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const NOTATION: Check = { file: 'text/notation', name: '.' }
const LONG: Check = { file: 'text/long-prompts', name: '.' }
const emphasis = 'companion/text/emphasis.ts'
const chunks = 'companion/text/chunks.ts'
const states = 'companion/text/weighted-states.ts'

/** Emphasis and long prompts. */
export const WORDS: readonly Mutation[] = [
  mutate(emphasis, NOTATION)('stronger brackets', 'STRONGER = 1.1', 'STRONGER = 1.2'),
  mutate(emphasis, NOTATION)(
    "A1111's numbers in ComfyUI",
    'weight * STRONGER : Number(number)',
    'weight * STRONGER : weight * Number(number)',
  ),
  mutate(chunks, NOTATION)('commas further back', 'COMMA_REACH = 20', 'COMMA_REACH = 21'),
  mutate(chunks, NOTATION)('commas nearer', 'COMMA_REACH = 20', 'COMMA_REACH = 19'),
  mutate(chunks, NOTATION)('longer words whole', 'LONG_WORD = 8', 'LONG_WORD = 9'),
  mutate(chunks, NOTATION)('shorter words cut', 'LONG_WORD = 8', 'LONG_WORD = 7'),
  mutate(states, NOTATION)('the mean not given back', 'z * scale', 'z'),
  mutate('companion/jobs/text-states.ts', LONG)('no room for the frame', 'positions - FRAME', 'positions'),
  mutate('companion/jobs/text-states.ts', LONG)('weights a token too early', 'weights[i - 1] ?? 1', 'weights[i] ?? 1'),
]
