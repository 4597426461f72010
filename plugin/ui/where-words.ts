import type { PanelState } from '../state/state.ts'
import { shortened } from './shortened.ts'
import { words } from './words/words.ts'

type Where = NonNullable<PanelState['target']>['where']

/** Where the next picture goes, in words: "Only the selection, 512 × 384". */
export function whereInWords({ ground, artboard, selected }: Where): string {
  if (selected !== undefined) return words.where.selection(selected.width, selected.height)
  if (artboard !== undefined) return words.where.artboard(shortened(artboard.name), ground.width, ground.height)
  return words.where.canvas(ground.width, ground.height)
}
