import { LIMITS } from '../../shared/limits.ts'
import type { ClientMessage } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import { partHash } from '../../shared/recipe-pictures.ts'
import type { History } from '../history/history.ts'
import { faultOf } from './fault.ts'
import type { Outbox } from './outbox.ts'

type Asked = Extract<ClientMessage, { type: 'earlier' | 'earlier-picture' | 'favourite' | 'forget' }>

/** Answers what a panel asks of earlier pictures; what goes wrong is told and ends nothing. */
export async function answerEarlier(asked: Asked, history: History, outbox: Outbox): Promise<void> {
  try {
    await answer(asked, history, outbox)
  } catch (thrown) {
    outbox.send({ type: 'error', ...faultOf(thrown) })
  }
}

async function answer(asked: Asked, history: History, outbox: Outbox): Promise<void> {
  switch (asked.type) {
    case 'earlier': {
      const { before, search, look } = asked
      const found = history.list({ before, search, look, limit: LIMITS.earlier + 1 })
      const earlier = found.slice(0, LIMITS.earlier)
      return outbox.send({ type: 'earlier', earlier, more: found.length > earlier.length, space: history.space() })
    }
    case 'earlier-picture': {
      const { id } = asked
      const picture = await pictureOf(history, id)
      if (!picture) return outbox.send({ type: 'earlier-picture', id })
      return outbox.sendPicture(picture, (header) => ({ type: 'earlier-picture', id, picture: header }))
    }
    case 'favourite':
      history.favourite(asked.id, asked.favourite)
      return outbox.send({ type: 'space', space: history.space() })
    case 'forget':
      history.remove(asked.id)
      return outbox.send({ type: 'space', space: history.space() })
  }
}

/** A finished picture by its id, or one that a recipe names by that name; whoever cannot read it has not kept it. */
async function pictureOf(history: History, id: string): Promise<Raster | undefined> {
  const hash = partHash(id)
  const picture = hash === undefined ? history.picture(id) : history.named(hash)
  return picture.catch(() => undefined)
}
