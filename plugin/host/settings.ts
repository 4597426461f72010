import type { UxpSecureStorage } from '../types/uxp.ts'

const TOKEN = 'imprint.token'

/** The pairing token the person typed once; '' when there is none. Secure storage may lose it at any time. */
export async function readToken(storage: UxpSecureStorage): Promise<string> {
  try {
    const stored = (await storage.getItem(TOKEN)) ?? ''
    return typeof stored === 'string' ? stored : String.fromCharCode(...stored)
  } catch {
    return ''
  }
}

/** Keeps the pairing token; without secure storage the person types it again next time. */
export async function writeToken(storage: UxpSecureStorage, token: string): Promise<void> {
  await storage.setItem(TOKEN, token).catch(() => undefined)
}

/** What the panel remembers between sessions besides the token: text by key. */
export interface Settings {
  readonly read: (key: string) => string | undefined
  /** Whether it is remembered. */
  readonly write: (key: string, value: string) => boolean
}

/** Settings in localStorage, under `imprint.`; a full or missing storage forgets. */
export function createSettings(storage: Storage): Settings {
  return {
    read: (key) => {
      try {
        return storage.getItem(`imprint.${key}`) ?? undefined
      } catch {
        return undefined
      }
    },
    write: (key, value) => {
      try {
        storage.setItem(`imprint.${key}`, value)
        return true
      } catch {
        return false
      }
    },
  }
}
