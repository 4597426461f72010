import * as z from 'zod'
import type { Surroundings } from './surroundings.ts'

const KEY = 'prompts'
const KEPT = 12

const prompts = z.array(z.string().max(10_000)).max(KEPT)

/** The prompts that pictures were made of, newest first; none when what was kept makes no sense. */
export function readEarlierPrompts({ read }: Surroundings['settings']): readonly string[] {
  try {
    return prompts.parse(JSON.parse(read(KEY) ?? '[]'))
  } catch {
    return []
  }
}

/** Keeps a prompt as the newest one and returns the list; one without words is not worth keeping. */
export function keepPrompt(
  { write }: Surroundings['settings'],
  earlier: readonly string[],
  prompt: string,
): readonly string[] {
  const words = prompt.trim()
  if (words === '') return earlier
  const list = [words, ...earlier.filter((other) => other !== words)].slice(0, KEPT)
  write(KEY, JSON.stringify(list))
  return list
}
