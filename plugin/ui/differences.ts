import type { Draft } from '../state/draft.ts'
import { shortened } from './shortened.ts'

/** What a draft says beside prompt and references, in words; empty when all of that is left to the model. */
export function differences({ negativePrompt, size, steps, seed }: Draft): string {
  return [
    negativePrompt.trim() === '' ? '' : `Without: ${shortened(negativePrompt.trim())}`,
    size === undefined ? '' : `${size[0]} × ${size[1]}`,
    steps === undefined ? '' : steps === 1 ? '1 step' : `${steps} steps`,
    seed === undefined ? '' : `seed ${seed}`,
  ]
    .filter((words) => words !== '')
    .join(' · ')
}
