import * as z from 'zod'
import { NOTATIONS, recipeSchema } from '../../shared/recipe.ts'
import { type Draft, type DraftChange, draftLoras } from './draft.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

const KEY = 'presets'
const MOST = 60
const LONGEST_NAME = 60

const { prompt, size, steps, guidance, sampler, loras, seed } = recipeSchema.shape

const presetSchema = z.strictObject({
  name: z.string().min(1).max(LONGEST_NAME),
  prompt,
  negativePrompt: prompt,
  notation: z.enum(NOTATIONS).exclude(['plain']).optional(),
  size,
  steps,
  guidance,
  sampler,
  loras,
  seed,
})

/** A recipe without references, under a name. */
export type Preset = Readonly<z.infer<typeof presetSchema>>

/** What a person can do with presets. */
export interface Presets {
  /** Keeps what is being edited under a name; one that has this name already is replaced. */
  readonly save: (name: string) => void
  /** Edits this one; the references stay as they are. */
  readonly apply: (name: string) => void
  /** Gives it another name, which no other may have. */
  readonly rename: (name: string, next: string) => void
  readonly remove: (name: string) => void
}

/** The presets of earlier sessions, oldest first, but for those that make no sense: they do not take the others along. */
export function readPresets({ read }: Surroundings['settings']): readonly Preset[] {
  try {
    const kept = z.array(z.unknown()).parse(JSON.parse(read(KEY) ?? '[]'))
    return kept.flatMap((one) => presetSchema.safeParse(one).data ?? []).slice(0, MOST)
  } catch {
    return []
  }
}

/** Presets in the panel's settings; `change` edits the recipe. */
export function createPresets(
  { settings }: Surroundings,
  { state, dispatch }: Store,
  change: (change: DraftChange) => void,
): Presets {
  const refuse = (text: string): void => dispatch({ type: 'notice', notice: { text } })
  const keep = (presets: readonly Preset[]): void => {
    const isKept = settings.write(KEY, JSON.stringify(presets))
    dispatch({ type: 'presets', presets })
    if (!isKept)
      refuse('There is no room left to remember presets: they are gone once the panel is closed. Delete some.')
  }

  return {
    save(given) {
      const name = tidy(given)
      if (name === '') return refuse('A preset needs a name: type one first.')
      const { presets, recipe } = state()
      const others = presets.filter((preset) => preset.name !== name)
      if (others.length === MOST) return refuse(`There are ${MOST} presets already: delete one first.`)
      const preset = presetSchema.safeParse(presetOf(name, recipe))
      if (!preset.success) return refuse('This prompt is too long for a preset: make it shorter than 10000 letters.')
      keep([...others, preset.data])
    },
    apply(name) {
      const preset = state().presets.find((one) => one.name === name)
      if (preset === undefined) return
      const { prompt, negativePrompt, notation, size, steps, guidance, sampler, loras, seed } = preset
      change({ prompt, negativePrompt, notation, size, steps, guidance, sampler, loras: draftLoras(loras), seed })
    },
    rename(name, given) {
      const next = tidy(given)
      const { presets } = state()
      if (next === '' || next === name) return
      if (presets.some((preset) => preset.name === next)) {
        return refuse(`There is a preset “${next}” already: choose another name, or delete that one first.`)
      }
      keep(presets.map((preset) => (preset.name === name ? { ...preset, name: next } : preset)))
    },
    remove: (name) => keep(state().presets.filter((preset) => preset.name !== name)),
  }
}

const tidy = (name: string): string => name.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME).trim()

/** What of a draft a preset keeps; what is left to the model is left out. */
const presetOf = (name: string, draft: Draft): Preset => {
  const { prompt, negativePrompt, notation, size, steps, guidance, sampler, loras = [], seed } = draft
  return {
    name,
    prompt,
    negativePrompt,
    ...(notation !== undefined && { notation }),
    ...(size !== undefined && { size: [size[0], size[1]] }),
    ...(steps !== undefined && { steps }),
    ...(guidance !== undefined && { guidance }),
    ...(sampler !== undefined && { sampler }),
    ...(loras.length > 0 && { loras: [...loras] }),
    ...(seed !== undefined && { seed }),
  }
}
