import { ADAPTER_FILES, PROJECTIONS } from './mistakes/adapters.ts'
import { ADAPTER, ATTENTION } from './mistakes/attention.ts'
import { CONTROLS } from './mistakes/controls.ts'
import { DIFFUSION } from './mistakes/diffusion.ts'
import { FACES } from './mistakes/faces.ts'
import { LORAS } from './mistakes/loras.ts'
import { SAMPLING } from './mistakes/samplers.ts'
import { KEPT } from './mistakes/kept.ts'
import { AUTOENCODER, UNET } from './mistakes/networks.ts'
import { ACTIVATIONS, EPSILONS } from './mistakes/norms.ts'
import { CONTROL_PICTURES, VISION_INPUT } from './mistakes/pictures.ts'
import { SINGLE_FILES } from './mistakes/single-files.ts'
import { STARTER_MEASURE } from './mistakes/starter.ts'
import { STEPS } from './mistakes/steps.ts'
import { T2I_ADAPTERS } from './mistakes/t2i-adapters.ts'
import { WORDS } from './mistakes/words.ts'
import type { Mutation } from './mutate.ts'

/** Every constant of the family that a port may get wrong unnoticed. */
export const MUTATIONS: readonly Mutation[] = [
  ...EPSILONS,
  ...ACTIVATIONS,
  ...ATTENTION,
  ...ADAPTER,
  ...PROJECTIONS,
  ...ADAPTER_FILES,
  ...UNET,
  ...CONTROLS,
  ...T2I_ADAPTERS,
  ...AUTOENCODER,
  ...DIFFUSION,
  ...SINGLE_FILES,
  ...SAMPLING,
  ...STEPS,
  ...KEPT,
  ...FACES,
  ...LORAS,
  ...VISION_INPUT,
  ...CONTROL_PICTURES,
  ...WORDS,
  ...STARTER_MEASURE,
]
