import { ImprintError } from '../../shared/errors.ts'
import type { Order } from './request.ts'
import type { Surroundings } from './surroundings.ts'

/** The rough picture of an order, for an img element: what a held slider shows. Rejects with an ImprintError or a HostError. */
export async function quickPicture(
  { host, companion }: Surroundings,
  { recipe, pictures, ground }: Order,
  slot: string,
  signal: AbortSignal,
): Promise<string> {
  const shape = ground && { width: ground.place.rect.width, height: ground.place.rect.height }
  const request = { recipe, pictures, slot, quick: true, ...(shape && { shape }) }
  for await (const event of companion.generate(request, signal)) {
    if (event.type === 'result') return host.pictureUrl(event.picture)
  }
  throw new ImprintError('engine-failed', 'The companion ended without a picture: try again.')
}
