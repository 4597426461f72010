import * as z from 'zod'
import type { LoraPart } from './aliases.ts'

/** What PEFT's settings multiply the product of a module by. */
export type PeftFactor = (part: LoraPart, module: string, rank: number) => number

const settingsSchema = z.looseObject({
  lora_alpha: z.number().optional(),
  alpha_pattern: z.record(z.string(), z.number()).default({}),
  /** Whether the root of the rank divides, not the rank (arXiv:2312.03732). */
  use_rslora: z.boolean().default(false),
})

/** Reads the settings that diffusers writes beside PEFT's tensors; 1 for what they say nothing of, undefined where there are none. */
export function readPeftFactor(metadata: Readonly<Record<string, string>>): PeftFactor | undefined {
  const all = parsed(metadata['lora_adapter_metadata'])
  if (!all) return undefined
  return (part, module, rank) => {
    const own = Object.entries(all).flatMap(([name, value]) =>
      name.startsWith(`${part}.`) ? [[name.slice(part.length + 1), value] as const] : [],
    )
    const settings = settingsSchema.safeParse(Object.fromEntries(own)).data
    if (!settings) return 1
    const { lora_alpha: usual, alpha_pattern: single, use_rslora: rooted } = settings
    // A tower's modules may be called with or without what begins all of them.
    const path = `.text_model.${module}`
    const named = Object.keys(single).find((name) => path.endsWith(`.${name}`))
    const alpha = named === undefined ? usual : single[named]
    return alpha === undefined ? 1 : alpha / (rooted ? Math.sqrt(rank) : rank)
  }
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
