import type { Degrees } from '../../shared/recipe.ts'
import type { DraftMode } from './draft.ts'

/** The corners of the pad that have names of their own. */
const CORNERS: readonly (readonly [mode: DraftMode, at: Degrees])[] = [
  ['all', { style: 1, layout: 1 }],
  ['style', { style: 1, layout: 0 }],
  ['composition', { style: 0, layout: 1 }],
]

/** Modes that differ from a corner only in what is neither style nor layout. */
const BESIDE: Readonly<Partial<Record<string, Degrees>>> = {
  'style+composition': { style: 1, layout: 1 },
  'strong-style': { style: 1, layout: 0 },
}

/** Where a mode lies on the pad. */
export function padOf(mode: DraftMode): Degrees {
  if (typeof mode === 'object') return mode
  return CORNERS.find(([name]) => name === mode)?.[1] ?? BESIDE[mode] ?? { style: 1, layout: 1 }
}

/** The mode at a place of the pad, in hundredths and never outside; corners that have a name are called by it. */
export function modeAt(at: Degrees): DraftMode {
  const [style, layout] = [hundredths(at.style), hundredths(at.layout)]
  return CORNERS.find(([, corner]) => corner.style === style && corner.layout === layout)?.[0] ?? { style, layout }
}

const hundredths = (share: number): number => Math.round(100 * Math.min(1, Math.max(0, share))) / 100
