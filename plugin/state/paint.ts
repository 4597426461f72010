import type { CompanionEvent } from '../client/companion.ts'
import type { Ground } from '../host/host.ts'
import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import { check } from '../../shared/read-message.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import { noteFor, type Order } from './request.ts'
import { type Run, runName } from './runs.ts'
import type { Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

let runs = 0

/** A run that is under way. */
export interface Painting {
  readonly id: number
  readonly order: Order
  cancel(): void
  /** The finished picture; rejects with an ImprintError or a HostError. The run itself stays open until `end`. */
  readonly made: Promise<Made>
  end(): void
}

/** Has the companion make a picture and shows how it goes. `slot`: a newer order takes the place of a waiting one. */
export function paint(
  { host, companion, now }: Surroundings,
  { dispatch }: Store,
  order: Order,
  kind: Run['kind'],
  slot?: string,
): Painting {
  const id = ++runs
  const aborter = new AbortController()
  const show = createPreviewer(
    (picture) => host.pictureUrl(picture),
    (url) => dispatch({ type: 'run-preview', id, url }),
  )

  const tell = (event: Exclude<CompanionEvent, { type: 'result' }>): void => {
    if (event.type === 'queued') return dispatch({ type: 'run-phase', id, phase: 'waiting', ahead: event.ahead })
    if (event.type === 'preview') return show(event.picture)
    if (event.phase !== 'denoising') return dispatch({ type: 'run-phase', id, phase: event.phase })
    dispatch({ type: 'run-step', id, step: event.step, steps: event.steps, at: now() })
  }

  const work = async (): Promise<Made> => {
    const { recipe, pictures } = order
    check(recipeSchema, recipe, 'recipe-invalid', 'recipe')
    // One more look at the picture is time that a slider has not got.
    const request = {
      recipe,
      pictures,
      name: runName(id),
      ...(slot === undefined ? {} : { slot }),
      ...(kind === 'imprint' && { score: true }),
      ...(order.ground && { shape: shapeOf(order.ground) }),
    }
    for await (const event of companion.generate(request, aborter.signal)) {
      if (event.type !== 'result') {
        tell(event)
        continue
      }
      const url = await host.pictureUrl(event.picture)
      if (aborter.signal.aborted) throw new ImprintError('cancelled', 'The picture was cancelled.')
      dispatch({ type: 'run-preview', id, url })
      const { picture, score } = event
      return { ...order, picture, url, note: noteFor(order, event.recipe, kind), ...(score && { score }) }
    }
    throw new ImprintError('engine-failed', 'The companion ended without a picture: try again.')
  }

  dispatch({ type: 'run-started', id, kind, recipe: order.recipe })
  return {
    id,
    order,
    cancel: () => aborter.abort(),
    made: work(),
    end: () => dispatch({ type: 'run-ended', id }),
  }
}

/** The shape of the place a picture goes into. */
export const shapeOf = ({ place: { rect } }: Ground) => ({ width: rect.width, height: rect.height })

/** Shows pictures one at a time; those that come while one is being encoded are left out. */
function createPreviewer(encode: (picture: Raster) => Promise<string>, show: (url: string) => void) {
  let encoding = false
  return (picture: Raster): void => {
    if (encoding) return
    encoding = true
    void encode(picture)
      .then(show, () => undefined)
      .finally(() => (encoding = false))
  }
}
