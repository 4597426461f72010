import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Link } from '../../plugin/client/connection.ts'
import { Conversation } from '../../plugin/client/conversation.ts'
import { plain } from '../support/wire.ts'

const REQUEST = {
  recipe: { prompt: 'a house', seed: 1, references: [{ image: 'fox', weight: 1 }] },
  pictures: { fox: plain(4, 2, [1, 2, 3]) },
}

/** A conversation whose uploads end as the test says; `sent` lists the types of what was said. */
function converse(sendAll: Link['sendAll']) {
  const sent: unknown[] = []
  const send = (text: string): void => void sent.push((JSON.parse(text) as { type: string }).type)
  return {
    conversation: new Conversation(
      { send, sendAll },
      () => undefined,
      () => undefined,
    ),
    sent,
  }
}

test('a job whose upload is cut short fails because the companion is gone', async () => {
  const { conversation, sent } = converse(() => Promise.resolve(false))
  const next = conversation.generate(REQUEST, new AbortController().signal).next()
  await assert.rejects(next, { code: 'companion-absent' })
  assert.deepEqual(sent, ['picture'])
})

test('Cancel is heard while a picture is sent, and the next job does not send it twice', async () => {
  let arrive: (arrived: boolean) => void = () => undefined
  const { conversation, sent } = converse(() => new Promise((resolve) => (arrive = resolve)))
  const aborter = new AbortController()
  let cancelled: unknown
  conversation
    .generate(REQUEST, aborter.signal)
    .next()
    .catch((thrown: unknown) => (cancelled = thrown))
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  await settle()
  aborter.abort()
  await settle()
  assert.equal((cancelled as { code?: string } | undefined)?.code, 'cancelled')

  const events = conversation.generate(REQUEST, new AbortController().signal)
  const queued = events.next()
  arrive(true)
  await settle()
  assert.deepEqual(sent, ['picture', 'generate'])
  conversation.hear({ type: 'queued', job: 1, ahead: 0 })
  assert.deepEqual((await queued).value, { type: 'queued', ahead: 0 })
})
