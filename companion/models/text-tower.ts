import { join } from 'node:path'
import { clipTextGraph, tokenEmbeddings, type ClipTextConfig } from '../networks/clip-text.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { readTextConfig } from './config.ts'
import { configured, openFolderWeights, POSITION_IDS, type Part } from './part.ts'
import { openTokenizer } from './tokenizer-files.ts'

/** A CLIP text tower and the tokenizer it was trained with. */
export interface TextTower extends Part<ClipTextConfig> {
  readonly tokenizer: Tokenizer
}

/** Opens the tower in `folder` with the tokenizer beside it. */
export function openTextTower(folder: string, tokenizer: string): TextTower {
  const config = readTextConfig(join(folder, 'config.json'))
  const stored = configured(openFolderWeights(folder, 'model'), config)
  return { ...checkTextTower(stored, config), tokenizer: openTokenizer(tokenizer) }
}

/** A tower whose tensors are all used; without a stored projection it has none, whatever its configuration says. */
export function checkTextTower(stored: Omit<Part<never>, 'config'>, declared: ClipTextConfig): Part<ClipTextConfig> {
  const { weights } = stored.ledger
  const config = weights.has('text_projection.weight') ? declared : { ...declared, projectionSize: undefined }
  tokenEmbeddings(weights, config)
  clipTextGraph(weights, config, 0, { attention: 'fused' })
  stored.ledger.finish([POSITION_IDS])
  return { ...stored, config }
}
