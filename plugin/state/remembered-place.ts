import * as z from 'zod'
import type { Ground, Place, ResultLayer } from '../host/host.ts'

const number = z.number().int().min(-1_000_000).max(1_000_000)
const rect = z.object({ left: number, top: number, width: number.min(1), height: number.min(1) })

/** What a layer remembers of its place, when it shows a part of its picture alone: what that lay over, and what showed. */
export const placeSchema = z.object({ rect, shown: rect })

/** A place as a layer remembers it; undefined where it shows all of its picture, and says so by its bounds. */
export const rememberedPlace = ({ rect, cover }: Place): z.infer<typeof placeSchema> | undefined =>
  cover && { rect, shown: cover.rect }

/** Everything shows. */
const WHITE = { width: 1, height: 1, data: Uint8Array.of(255) }

/** Where the picture of a layer lies now, by what it remembers: moved as the layer was. Its mask stays its own. */
export function groundAgain(
  { documentId, placed }: ResultLayer,
  place: z.infer<typeof placeSchema> | undefined,
): Ground | undefined {
  if (place === undefined) return undefined
  const { rect, shown } = place
  const isWhole = placed.width === shown.width && placed.height === shown.height
  const moved = isWhole ? { left: placed.left - shown.left, top: placed.top - shown.top } : { left: 0, top: 0 }
  const by = <R extends { readonly left: number; readonly top: number }>(one: R): R => ({
    ...one,
    left: one.left + moved.left,
    top: one.top + moved.top,
  })
  return {
    from: 'nothing',
    isRemembered: true,
    place: { documentId, rect: by(rect), exact: true, cover: { rect: by(shown), plane: WHITE } },
  }
}
