import type { Sampler, Spacing } from '../../shared/recipe.ts'
import type { Checkpoint } from './checkpoint.ts'

/** How a model that was distilled to few steps wants to be run. */
export interface FewStep {
  readonly sampler: Sampler
  readonly spacing: Spacing
  readonly sigmas: 'model'
  readonly steps: number
  readonly guidance: number
  /** Of a reference: few steps follow it more readily. */
  readonly weight: number
}

const few = (sampler: Sampler, spacing: Spacing, steps: number, guidance: number): FewStep => ({
  sampler,
  spacing,
  sigmas: 'model',
  steps,
  guidance,
  weight: 0.4,
})

/** As the models' makers publish them; guidance of 0 asks without a negative prompt, in half the time. */
const KINDS = {
  /** Latent consistency models, which are told the guidance as a number (arXiv:2310.04378). */
  lcm: few('lcm', 'leading', 4, 8),
  /** Weights that make a consistency model of another (arXiv:2311.05556). */
  'lcm-lora': few('lcm', 'leading', 4, 1),
  tcd: few('tcd', 'leading', 4, 0),
  turbo: few('euler_ancestral', 'trailing', 4, 0),
  lightning: few('euler', 'trailing', 4, 0),
  hyper: few('ddim', 'trailing', 8, 0),
  'hyper-one': few('tcd', 'leading', 1, 0),
  'hyper-guided': few('ddim', 'trailing', 8, 5),
} as const

/** What their names have in common where the tensors have not; the first that matches counts. */
const NAMES: readonly (readonly [name: RegExp, kind: keyof typeof KINDS])[] = [
  [/lightning/i, 'lightning'],
  [/hyper[-_ ]?sd.*cfg/i, 'hyper-guided'],
  [/hyper[-_ ]?sd.*(?<!\d)1[-_ ]?step/i, 'hyper-one'],
  [/hyper[-_ ]?sd/i, 'hyper'],
  [/turbo/i, 'turbo'],
  [/(?<![a-z])lcm(?![a-z])/i, 'lcm-lora'],
  [/(?<![a-z])tcd(?![a-z])/i, 'tcd'],
]

const STEPS = /(\d+)[-_ ]?step/i

/** What a distilled checkpoint wants, told by its UNet, then by its scheduler, then by its name; undefined for others. */
export function fewStepCheckpoint({
  name,
  unet,
  scheduler,
}: Pick<Checkpoint, 'name' | 'unet' | 'scheduler'>): FewStep | undefined {
  if (unet.config.guidanceWidth !== undefined) return KINDS.lcm
  if (scheduler.sampler === 'lcm') return KINDS['lcm-lora']
  if (scheduler.sampler === 'tcd') return KINDS.tcd
  const turbo = scheduler.sampler === 'euler_ancestral' && scheduler.spacing === 'trailing'
  if (turbo && scheduler.prediction === 'epsilon') return KINDS.turbo
  return named(name)
}

/** What the first LoRA wants that makes a few-step model of another; their tensors are any LoRA's, so names decide. */
export const fewStepLora = (loras: readonly { readonly file: string; readonly weight?: number | undefined }[]) =>
  loras.map(({ file, weight }) => (weight === 0 ? undefined : named(file))).find((kind) => kind !== undefined)

function named(name: string): FewStep | undefined {
  const kind = NAMES.find(([pattern]) => pattern.test(name))?.[1]
  if (kind === undefined) return undefined
  const steps = Number(STEPS.exec(name)?.[1] ?? KINDS[kind].steps)
  return { ...KINDS[kind], steps }
}
