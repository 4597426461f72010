import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { ClientMessage } from '../../shared/protocol.ts'
import type { History } from '../history/history.ts'
import type { Outbox } from './outbox.ts'

type Asked = Extract<ClientMessage, { type: 'earlier' | 'earlier-picture' | 'favourite' | 'forget' }>

/** Answers what a panel asks of earlier pictures; what goes wrong is told and ends nothing. */
export async function answerEarlier(asked: Asked, history: History, outbox: Outbox): Promise<void> {
  try {
    await answer(asked, history, outbox)
  } catch (thrown) {
    const { code, message } = asImprintError(thrown)
    outbox.send({ type: 'error', code, message: message.slice(0, 4000) })
  }
}

async function answer(asked: Asked, history: History, outbox: Outbox): Promise<void> {
  switch (asked.type) {
    case 'earlier': {
      const found = history.list({ before: asked.before, search: asked.search, limit: LIMITS.earlier + 1 })
      const earlier = found.slice(0, LIMITS.earlier)
      return outbox.send({ type: 'earlier', earlier, more: found.length > earlier.length, space: history.space() })
    }
    case 'earlier-picture': {
      const picture = await history.picture(asked.id)
      if (!picture) throw new ImprintError('picture-unknown', `The picture "${asked.id}" is no longer kept.`)
      return outbox.sendPicture(picture, (header) => ({ type: 'earlier-picture', id: asked.id, picture: header }))
    }
    case 'favourite':
      history.favourite(asked.id, asked.favourite)
      return outbox.send({ type: 'space', space: history.space() })
    case 'forget':
      history.remove(asked.id)
      return outbox.send({ type: 'space', space: history.space() })
  }
}
