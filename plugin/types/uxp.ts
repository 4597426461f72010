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

export interface UxpFile {
  readonly name: string
  read(options: { format: symbol }): Promise<string | ArrayBuffer>
  write(data: ArrayBuffer, options: { format: symbol }): Promise<unknown>
}

/** `storage` without its secrets; null is a picker that was closed. */
export interface UxpStorage {
  readonly formats: { readonly binary: symbol }
  readonly localFileSystem: {
    getFileForOpening(options: { types: string[] }): Promise<UxpFile | null>
    getFileForSaving(name: string, options: { types: string[] }): Promise<UxpFile | null>
  }
}

export interface UxpModule {
  readonly entrypoints: UxpEntrypoints
  readonly storage: UxpStorage & { readonly secureStorage: UxpSecureStorage }
}
