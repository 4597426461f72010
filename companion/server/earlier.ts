import { LIMITS } from '../../shared/limits.ts'
import type { ClientMessage, ServerMessage } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import { partHash } from '../../shared/recipe-pictures.ts'
import type { History } from '../history/history.ts'
import { faultOf } from './fault.ts'
import type { Outbox } from './outbox.ts'

type Asked = Extract<ClientMessage, { type: 'earlier' | 'earlier-picture' | 'favourite' | 'forget' }>

/** Answers what a panel asks of earlier pictures, all but pictures at once and so in order; what goes wrong is told and ends nothing. */
export function answerEarlier(asked: Asked, history: History, outbox: Outbox): void {
  const { type, id } = { id: undefined, ...asked }
  const refuse = (thrown: unknown): void =>
    outbox.send({ type: 'error', ...faultOf(thrown), answers: type, ...(id !== undefined && { id }) })
  try {
    if (asked.type === 'earlier-picture') void sendPicture(asked.id, history, outbox).catch(refuse)
    else outbox.send(answerTo(asked, history))
  } catch (thrown) {
    refuse(thrown)
  }
}

function answerTo(asked: Exclude<Asked, { type: 'earlier-picture' }>, history: History): ServerMessage {
  switch (asked.type) {
    case 'earlier': {
      const { before, search, look } = asked
      const found = history.list({ before, search, look, limit: LIMITS.earlier + 1 })
      const earlier = found.slice(0, LIMITS.earlier)
      return { type: 'earlier', earlier, more: found.length > earlier.length, space: history.space() }
    }
    case 'favourite':
      history.favourite(asked.id, asked.favourite)
      return { type: 'space', space: history.space() }
    case 'forget':
      history.remove(asked.id)
      return { type: 'space', space: history.space() }
  }
}

async function sendPicture(id: string, history: History, outbox: Outbox): Promise<void> {
  const picture = await pictureOf(history, id)
  if (!picture) return outbox.send({ type: 'earlier-picture', id })
  return outbox.sendPicture(picture, (header) => ({ type: 'earlier-picture', id, picture: header }))
}

/** A finished picture by its id, or one that a recipe names by that name; whoever cannot read it has not kept it. */
async function pictureOf(history: History, id: string): Promise<Raster | undefined> {
  const hash = partHash(id)
  const picture = hash === undefined ? history.picture(id) : history.named(hash)
  return picture.catch(() => undefined)
}
