import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Digits and letters that are hard to take for one another: 32 of them, so 5 bits each. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16
const GROUP = 4
const FILE = 'pairing-code'

/** A code of 80 random bits, grouped for typing: `ABCD-EFGH-JKMN-PQRS`. */
function makeToken(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]!)
  return Array.from({ length: LENGTH / GROUP }, (_, group) =>
    letters.slice(group * GROUP, (group + 1) * GROUP).join(''),
  ).join('-')
}

/** What remains of a typed code: no case, no spaces or dashes, look-alikes as what they were meant to be. */
function canonical(token: string): string {
  return token
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
}

/** Whether a typed code is the token; takes the same time however much of it is right. */
export function tokenMatches(typed: string, token: string): boolean {
  const [a, b] = [typed, token].map((text) => createHash('sha256').update(canonical(text)).digest())
  return timingSafeEqual(a!, b!)
}

/** The code of this person's companion: read from `folder`, or made there, readable by nobody else. */
export async function pairingToken(folder: string): Promise<string> {
  const path = join(folder, FILE)
  const kept = await readFile(path, 'utf8').catch(() => '')
  if (canonical(kept).length === LENGTH) return kept.trim()

  const token = makeToken()
  await mkdir(folder, { recursive: true })
  // A rename is all or nothing: two companions that start at once never read half a code.
  const draft = `${path}.${process.pid}`
  await writeFile(draft, `${token}\n`, { mode: 0o600 })
  await rename(draft, path)
  return token
}
