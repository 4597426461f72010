import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const resumed = (name: string): Check => ({ file: 'parity/resumed', name })
const evaluation = 'companion/jobs/unet-evaluation.ts'
const references = 'companion/jobs/image-prompts.ts'

/** What a kept prediction must not be taken for. */
export const KEPT: readonly Mutation[] = [
  mutate('companion/jobs/kept-predictions.ts', resumed('^the seed$'))(
    'whatever the latents are',
    'from ${contentKey(x)} ',
    '',
  ),
  mutate(references, resumed('^the weight$'))('whatever the weight is', ' at ${weight} by ', ' by '),
  mutate(references, resumed('^(its mode|its region)$'))(
    'wherever a reference acts',
    'by ${prompt.sharesKey}',
    'by ${branch.length}',
  ),
  mutate(evaluation, resumed('^(the prompt|the negative prompt)$'))(
    'whatever is said',
    'text[branch]!.key,',
    "'said',",
  ),
  mutate(evaluation, { file: 'lora/kept', name: '.' })(
    'however strong a LoRA is',
    '${stateOf(checkpoint.unet)}${told}',
    '${told}',
  ),
  mutate('companion/diffusion/samplers/euler.ts', resumed('^heun$'))(
    "Heun's second look as part of the next step",
    'variancePreserving(ahead, next), i + 1, i)',
    'variancePreserving(ahead, next), i + 1)',
  ),
]
