/** Does a journal lose nothing but what could not be written? */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import * as z from 'zod'
import { openJournal } from '../../companion/history/journal.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const JOURNAL = join(import.meta.dirname, '..', '..', 'companion', 'history', 'journal.ts')

/** Writes long lines until no more fits, then a short one that fits again. */
const WRITER = `
  const [{ openJournal }, z] = await Promise.all([import(process.env.JOURNAL), import('zod')])
  const journal = openJournal(process.env.PLACE, z.string())
  let failed
  for (let i = 0; i < 1000 && failed === undefined; i++) {
    try {
      journal.append(String(i).padEnd(300, '.'))
    } catch (thrown) {
      failed = thrown.code
    }
  }
  journal.append('after')
  console.log(failed)
`

test(
  'a line that no longer fits leaves nothing, and the next one that fits is whole',
  { skip: process.platform === 'win32' && 'there is no limit of file sizes' },
  (t) => {
    const { path, dispose } = temporaryFolder()
    t.after(dispose)
    const place = join(path, 'journal.jsonl')
    const failed = execFileSync(
      'sh',
      ['-c', 'ulimit -f 8 && exec "$0" "$@"', process.execPath, '--import', 'tsx', '--input-type=module', '-e', WRITER],
      { env: { ...process.env, JOURNAL, PLACE: place, TSX_DISABLE_CACHE: '1' }, encoding: 'utf8' },
    )
    assert.equal(failed.trim(), 'EFBIG')
    const journal = openJournal(place, z.string())
    journal.close()
    const { before } = journal
    assert.ok(before.length > 3)
    assert.equal(before.at(-1), 'after')
    assert.ok(before.slice(0, -1).every((line, i) => line.startsWith(`${i}.`) && line.length === 300))
  },
)
