import { drawKeyPoints } from '../vision/faces/key-point-picture.ts'
import type { ControlFace } from './controls.ts'
import type { ImagePrompt } from './image-prompts.ts'

/**
 * What controls that read a face are given: the tokens of InstantID's first reference, and its points drawn at the
 * picture's size, as if the picture it was seen in were stretched to it; none where no reference is InstantID's. Other adapters' tokens are as wide, and mean something else.
 */
export function controlFace(
  references: readonly ImagePrompt[],
  [width, height]: readonly [number, number],
): ControlFace | undefined {
  const first = references.find(({ isInstantId }) => isInstantId)
  if (!first) return undefined
  const { prompt, none, seen } = first
  const stretched = seen?.keyPoints.map(({ x, y }) => ({
    x: (x * width) / seen.picture.width,
    y: (y * height) / seen.picture.height,
  }))
  return { tokens: { prompt, none }, keyPoints: stretched && drawKeyPoints(stretched, { width, height }) }
}
