import { LRUCache } from 'lru-cache'
import { openPromptReader, type PromptReader } from '../models/prompt-reader.ts'
import type { CountTokens } from '../server/session.ts'
import { countTokens } from '../text/count.ts'

/** Checkpoints whose words are kept; each takes some megabytes. */
const KEPT = 4
/** Milliseconds after which it is looked again whether the checkpoint is there, or another one under its name. */
const FRESH = 10_000

/** Counts prompts as the checkpoints of these folders read them; a tokenizer is read once in a while. */
export function promptCounter(roots: () => readonly string[]): CountTokens {
  const readers = new LRUCache<string, PromptReader>({ max: KEPT, ttl: FRESH })
  return ({ prompt, notation, checkpoint }) => {
    const folders = roots()
    const key = JSON.stringify([checkpoint ?? null, ...folders])
    const reader = readers.get(key) ?? openPromptReader(folders, checkpoint)
    readers.set(key, reader)
    return countTokens(prompt, notation ?? 'plain', reader.tokenizer, reader.room)
  }
}
