/**
 * Imported for what it does: what the tests of a file make and pair goes into a folder of their own, which goes with them, however the
 * file is run. Nothing of the person's own Imprint is read or written.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const home = mkdtempSync(join(tmpdir(), 'imprint-home-'))
process.env['IMPRINT_HOME'] = home
process.once('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
