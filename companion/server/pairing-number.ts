import { randomInt } from 'node:crypto'
import { ImprintError } from '../../shared/errors.ts'
import { tokenMatches } from './pairing.ts'

const DIGITS = 6
/** After a wrong number none is heard for this long, and twice as long after each further one. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60_000

/** Decides which panels are let in. */
export interface Pairing {
  /**
   * Lets a panel in that holds the token, or that was given the number of the moment; for a number the token comes back, for
   * the panel to keep. Throws `unpaired` with a sentence.
   */
  admit(typed: string): string | undefined
}

/** Where the numbers are shown to the person, and a clock in milliseconds that only moves forward. */
export interface PairingOptions {
  readonly show: (number: string) => void
  readonly now: () => number
}

/**
 * Pairing by a short number: a million of them are few, so that one lets in a single panel, and whoever guesses has to wait longer
 * every time. All connections wait together: a new one is no way around it.
 */
export function createPairing(token: string, { show, now }: PairingOptions): Pairing {
  let number = newNumber()
  let wrong = 0
  let closedUntil = -Infinity
  show(number)

  const admitNumber = (digits: string): string => {
    const pause = closedUntil - now()
    if (pause > 0) {
      const seconds = Math.ceil(pause / 1000)
      throw new ImprintError(
        'unpaired',
        `Wait ${seconds} s after a wrong number, then type the one the companion shows.`,
      )
    }
    if (!tokenMatches(digits, number)) {
      closedUntil = now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** wrong++)
      throw new ImprintError(
        'unpaired',
        `${digits} is not the number the companion shows; look again and type it anew.`,
      )
    }
    wrong = 0
    number = newNumber()
    show(number)
    return token
  }

  return {
    admit(typed) {
      const digits = typed.replace(/[\s-]/g, '')
      if (/^\d+$/.test(digits) && digits.length === DIGITS) return admitNumber(digits)
      if (tokenMatches(typed, token)) return undefined
      throw new ImprintError('unpaired', `This panel is not paired yet; type the ${DIGITS} digits the companion shows.`)
    },
  }
}

const newNumber = (): string => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')

/** A number as people read it: `482 913`. */
export const spoken = (number: string): string => `${number.slice(0, DIGITS / 2)} ${number.slice(DIGITS / 2)}`
