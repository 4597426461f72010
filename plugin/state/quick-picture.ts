import { ImprintError } from '../../shared/errors.ts'
import { shapeOf } from './paint.ts'
import type { Order } from './request.ts'
import type { Surroundings } from './surroundings.ts'

/** The rough picture of an order, for an img element: what a held slider shows. Rejects with an ImprintError or a HostError. */
export async function quickPicture(
  { host, companion }: Surroundings,
  { recipe, pictures, ground }: Order,
  slot: string,
  signal: AbortSignal,
): Promise<string> {
  const request = { recipe, pictures, slot, quick: true, ...(ground && { shape: shapeOf(ground) }) }
  for await (const event of companion.generate(request, signal)) {
    if (event.type === 'result') return host.pictureUrl(event.picture)
  }
  throw new ImprintError('engine-failed', 'The companion ended without a picture: try again.')
}
