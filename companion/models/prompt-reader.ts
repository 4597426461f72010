import { join } from 'node:path'
import type { CheckpointName } from '../../shared/recipe.ts'
import { FRAME, type Tokenizer } from '../text/tokenizer.ts'
import { findModel, findModels, type ModelEntry } from './catalog.ts'
import { readTextConfig } from './config.ts'
import { openClipTokenizer, openTokenizer } from './tokenizer-files.ts'

/** What a prompt's tokens are counted with: nothing of a model but its words. */
export interface PromptReader {
  readonly tokenizer: Tokenizer
  /** Tokens of text that go through the tower together. */
  readonly room: number
}

/** Positions of every published CLIP text tower. */
const POSITIONS = 77

/**
 * How the named checkpoint reads prompts, or the first one there is, without opening its networks. Whatever says nothing of
 * itself is taken to read as every published CLIP does: a count is no reason to refuse anything.
 */
export function openPromptReader(roots: readonly string[], name: CheckpointName | undefined): PromptReader {
  try {
    const folder = folderOf(findModels(roots), name)
    if (folder !== undefined) {
      const { positions } = readTextConfig(join(folder, 'text_encoder', 'config.json'))
      return { tokenizer: openTokenizer(join(folder, 'tokenizer')), room: positions - FRAME }
    }
  } catch {
    // What is wrong with a model is told when a picture is wanted of it.
  }
  return { tokenizer: openClipTokenizer('<|endoftext|>'), room: POSITIONS - FRAME }
}

/** The folder with the checkpoint's configuration; undefined for a file that is used without one. */
function folderOf(entries: readonly ModelEntry[], name: CheckpointName | undefined): string | undefined {
  const whole = entries.filter(({ role, missing }) => role === 'checkpoint' && !missing?.length)
  if (name === undefined) return whole.find(({ isFolder }) => isFolder)?.path
  const { isFolder, path } = findModel(entries, 'checkpoint', typeof name === 'object' ? name.config : name)
  return isFolder ? path : undefined
}
