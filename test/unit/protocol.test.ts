import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientMessageSchema, CLOSE_CODES, serverMessageSchema } from '../../shared/protocol.ts'
import { check, parseJson } from '../../shared/read-message.ts'
import { recipeSchema } from '../../shared/recipe.ts'

const picture = { stream: 0, sha256: '0'.repeat(64), bytes: 3, format: 'rgb8', width: 1, height: 1 }

describe('messages', () => {
  for (const [what, message] of [
    ['a type of the other side', { type: 'welcome', protocol: 1, version: '1', session: 's' }],
    ['no type', { job: 1 }],
    ['a stream over 32 bits', { type: 'picture', picture: { ...picture, stream: 2 ** 32 } }],
    ['a stream below 0', { type: 'picture', picture: { ...picture, stream: -1 } }],
    ['half a pixel', { type: 'picture', picture: { ...picture, width: 0.5 } }],
    ['no pixels', { type: 'picture', picture: { ...picture, bytes: 0 } }],
    ['a hash in capitals', { type: 'picture', picture: { ...picture, sha256: 'A'.repeat(64) } }],
    ['a job 0', { type: 'cancel', job: 0 }],
    ['a job as text', { type: 'cancel', job: '1' }],
    ['a job too large to count', { type: 'cancel', job: 2 ** 53 }],
    ['an empty slot', { type: 'generate', job: 1, slot: '', recipe: { prompt: '' } }],
  ] as const) {
    it(`with ${what} are refused`, () => {
      assert.throws(() => check(clientMessageSchema, message, 'message-invalid'), { code: 'message-invalid' })
    })
  }

  it('of the companion with an unknown error code are refused', () => {
    const message = { type: 'failed', job: 1, code: 'gremlins', message: 'No.' }
    assert.equal(serverMessageSchema.safeParse(message).success, false)
    assert.equal(serverMessageSchema.safeParse({ ...message, code: 'engine-died' }).success, true)
  })

  it('that are faulty are told with the key', () => {
    const recipe = { prompt: '', references: [{ image: 'a' }, { image: 'b', weight: 'much' }] }
    assert.throws(() => check(recipeSchema, recipe, 'recipe-invalid', 'recipe'), {
      code: 'recipe-invalid',
      message: /^recipe\.references\.1\.weight: /,
    })
    assert.throws(() => check(clientMessageSchema, { type: 'picture', picture: {} }, 'message-invalid'), {
      message: /^picture\.stream: /,
    })
  })

  it('that are not JSON are refused without repeating them', () => {
    assert.throws(
      () => parseJson('{"token": "secret"'),
      (thrown: Error) => !thrown.message.includes('secret'),
    )
  })

  it('close with a code of their own, in the range for applications', () => {
    const codes = Object.values(CLOSE_CODES)
    assert.equal(new Set(codes).size, codes.length)
    assert.ok(codes.every((code) => code >= 4000 && code <= 4999))
  })
})
