import type { Draft } from '../state/draft.ts'
import { shortened } from './shortened.ts'
import { words } from './words/words.ts'

/** What a draft says beside prompt and references, in words; empty when all of that is left to the model. */
export function differences({ negativePrompt, size, steps, guidance, sampler, seed }: Draft): string {
  return [
    negativePrompt.trim() === '' ? '' : words.prompt.differs.without(shortened(negativePrompt.trim())),
    size === undefined ? '' : words.prompt.differs.size(...size),
    steps === undefined ? '' : words.prompt.differs.steps(steps),
    guidance === undefined ? '' : words.prompt.differs.guidance(guidance),
    sampler === undefined ? '' : words.prompt.samplers[sampler],
    seed === undefined ? '' : words.prompt.differs.seed(seed),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}
