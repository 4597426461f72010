/** The part of the `uxp` module that the panel uses. */

export interface UxpEntrypoints {
  setup(entrypoints: {
    panels: Readonly<Record<string, { create(root: HTMLElement): void; show?(root: HTMLElement): void }>>
  }): void
}

export interface UxpSecureStorage {
  setItem(key: string, value: string): Promise<void>
  getItem(key: string): Promise<Uint8Array | string | null | undefined>
  removeItem(key: string): Promise<void>
}

export interface UxpModule {
  readonly entrypoints: UxpEntrypoints
  readonly storage: { readonly secureStorage: UxpSecureStorage }
}
