import type { Switches } from './switches.ts'

/** Where the texts of a storage double live: a Map in tests, the page's localStorage in the studio. */
export interface TextStore {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** A text store that ends with the process. */
export function memoryStore(): TextStore {
  const texts = new Map<string, string>()
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
  }
}

/** `uxp.storage.secureStorage`: takes texts and bytes, gives bytes, may have lost everything. */
export function createSecureStorage(store: TextStore, switches: Switches) {
  return {
    async setItem(key: string, value: unknown): Promise<void> {
      await Promise.resolve()
      if (typeof value !== 'string' && !(value instanceof Uint8Array))
        throw new TypeError('secureStorage takes a string or a Uint8Array.')
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
      store.setItem(key, [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
    },
    async getItem(key: string): Promise<Uint8Array | null> {
      await Promise.resolve()
      const hex = switches.secureStorageLost ? null : store.getItem(key)
      if (hex === null) return null
      return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    },
    async removeItem(key: string): Promise<void> {
      await Promise.resolve()
      store.removeItem(key)
    },
  }
}
