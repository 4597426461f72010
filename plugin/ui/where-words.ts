import type { PanelState } from '../state/state.ts'
import { shortened } from './shortened.ts'

type Where = NonNullable<PanelState['target']>['where']

/** Where the next picture goes, in words: "Only the selection, 512 × 384". */
export function whereInWords({ ground, artboard, selected }: Where): string {
  if (selected !== undefined) return `Only the selection, ${sizeInWords(selected)}`
  if (artboard !== undefined) return `The artboard “${shortened(artboard.name)}”, ${sizeInWords(ground)}`
  return `The whole canvas, ${sizeInWords(ground)}`
}

const sizeInWords = ({ width, height }: Where['ground']): string => `${width} × ${height}`
