import type { Sampler } from '../../../shared/recipe.ts'
import { lcm, tcd } from './consistency.ts'
import { ddim } from './ddim.ts'
import { dpmpp2m, dpmpp2mSde } from './dpm-solver.ts'
import { euler, eulerAncestral, heun } from './euler.ts'
import { pndm } from './pndm.ts'
import type { Sample } from './sampler.ts'
import { uniPc } from './unipc.ts'

/** The samplers by the names recipes use. */
export const SAMPLE: Readonly<Record<Sampler, Sample>> = {
  ddim,
  pndm,
  euler,
  euler_ancestral: eulerAncestral,
  heun,
  dpmpp_2m: dpmpp2m,
  dpmpp_2m_sde: dpmpp2mSde,
  unipc: uniPc,
  lcm,
  tcd,
}
