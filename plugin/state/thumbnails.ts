import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Draws the thumbnails of references anew, each until it shows what is asked for; the promises never reject. */
export function createThumbnails({ host }: Surroundings, { state, dispatch }: Store): (image: string) => Promise<void> {
  const drawing = new Map<string, Promise<void>>()

  const draw = async (image: string): Promise<void> => {
    for (;;) {
      const asked = referenceOf(image)
      const card = state().cards[image]
      if (asked === undefined || card === undefined) return
      const { picture } = card.capture
      const thumbnail = await host.thumbnail(picture, asked.fit, asked.cropAt).catch(() => card.thumbnail)
      const now = referenceOf(image)
      const isOfNow = now?.fit === asked.fit && state().cards[image]?.capture === card.capture
      // Whoever drags sees the picture follow, though it is a little late.
      if (isOfNow) dispatch({ type: 'thumbnail', image, thumbnail })
      if (isOfNow && now.cropAt === asked.cropAt) return
    }
  }
  const referenceOf = (image: string) => state().recipe.references.find((reference) => reference.image === image)

  return (image) => {
    const running = drawing.get(image)
    if (running !== undefined) return running
    const work = draw(image).finally(() => drawing.delete(image))
    drawing.set(image, work)
    return work
  }
}
