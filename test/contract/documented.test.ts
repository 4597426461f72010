import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { ERRORS } from '../../shared/errors.ts'
import { partsOf } from '../../shared/frame.ts'
import { LIMITS } from '../../shared/limits.ts'
import { hashPicture } from '../../shared/picture-stream.ts'
import { clientMessageSchema, CLOSE_CODES, PROTOCOL_VERSION, serverMessageSchema } from '../../shared/protocol.ts'
import { recipeSchema } from '../../shared/recipe.ts'

const page = readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8')

/** The text under a heading of the second level. */
function section(heading: string): string {
  const found = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  assert.ok(found, `PROTOCOL.md has no section "${heading}"`)
  return found
}

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!)
const rows = (text: string, pattern: RegExp): [string, string][] =>
  [...text.matchAll(pattern)].map((match) => [match[1]!, match[2]!])
const bytes = (hex: string): Uint8Array => Buffer.from(hex.replace(/\s/g, ''), 'hex')

describe('PROTOCOL.md', () => {
  it('names the version', () => {
    assert.match(page, new RegExp(`^# The protocol, version ${PROTOCOL_VERSION}\n`))
  })

  for (const [heading, schema] of [
    ['What the client sends', clientMessageSchema],
    ['What the companion sends', serverMessageSchema],
  ] as const) {
    it(`"${heading}": has exactly the messages of the schema, each with a valid example`, () => {
      const text = section(heading)
      const types = schema.options.map(({ shape }) => shape.type.value)
      assert.deepEqual(all(text, /^### `(.+)`$/gm), types)
      const examples = all(text, /```json\n([^`]+)```/g).map((example) => schema.parse(JSON.parse(example)))
      assert.deepEqual(
        examples.map(({ type }) => type),
        types,
      )
      for (const example of examples) if ('recipe' in example) recipeSchema.parse(example.recipe)
    })
  }

  it('lists exactly the close codes', () => {
    const listed = rows(section('Close codes'), /^\| (\d{4}) +\| `([a-z-]+)`/gm).map(([close, code]) => [
      code,
      Number(close),
    ])
    assert.deepEqual(Object.fromEntries(listed), CLOSE_CODES)
  })

  it('lists exactly the error codes, each with its remedy', () => {
    const listed = rows(section('Error codes'), /^\| `([a-z-]+)` +\| (.+?) +\|$/gm)
    assert.deepEqual(
      listed,
      Object.entries(ERRORS).map(([code, { remedy }]) => [code, remedy]),
    )
    const ours = Object.entries(ERRORS).flatMap(([code, { fault }]) => (fault === 'ours' ? [`\`${code}\``] : []))
    assert.ok(section('Error codes').includes(`${ours.join(' and ')} are faults of Imprint`))
  })

  it('lists exactly the limits', () => {
    const listed = rows(section('Limits'), /^\| `(\w+)`: .+?\| (\d+) +\|$/gm).map(([name, value]) => [
      name,
      Number(value),
    ])
    assert.deepEqual(Object.fromEntries(listed), LIMITS)
  })

  it('shows a part and a hash as they are', () => {
    const [part, hashed] = all(section('Pixels'), /```hex\n([^`]+)```/g).map(bytes)
    const data = hashed!.subarray(12)
    assert.deepEqual(
      [...partsOf(7, data)].map((message) => [...message]),
      [[...part!]],
    )
    const hash = hashPicture({ width: 2, height: 1, channels: 3, data })
    for (const named of all(page, /"sha256": "(\w+)"/g)) assert.equal(named, hash)
  })
})
