/** The format symbols of `uxp.storage.formats`. */
export const FORMATS = { utf8: Symbol('utf8'), binary: Symbol('binary') } as const

export interface FileEntry {
  readonly isFile: true
  readonly name: string
  readonly nativePath: string
  write(data: string | ArrayBuffer, options?: { format?: symbol }): Promise<number>
  read(options?: { format?: symbol }): Promise<string | ArrayBuffer>
  delete(): Promise<void>
}

export interface FolderEntry {
  readonly isFolder: true
  readonly name: string
  readonly nativePath: string
  createFile(name: string, options?: { overwrite?: boolean }): Promise<FileEntry>
  getEntry(name: string): Promise<FileEntry>
  getEntries(): Promise<FileEntry[]>
}

/** `requiredPermissions.localFileSystem` of a manifest. */
export type FilePermission = 'plugin' | 'request' | 'fullAccess'

/** What a person does with the host's file pickers; null closes one. */
export interface FilePickers {
  open(endings: readonly string[]): Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>
  save(name: string): Promise<{ readonly name: string; readonly written: (bytes: Uint8Array) => void } | null>
}

const CLOSED: FilePickers = { open: () => Promise.resolve(null), save: () => Promise.resolve(null) }

/**
 * `uxp.storage.localFileSystem` in memory: a data, a temporary and a read-only plugin folder, session tokens, and the pickers that
 * the manifest has to allow.
 */
export function createFileSystem(permission: FilePermission = 'plugin', pickers: FilePickers = CLOSED) {
  const allowed = (): void => {
    if (permission === 'plugin') throw new Error('Permission denied. Manifest entry not found: localFileSystem')
  }
  const tokens = new Map<string, FileEntry>()
  const data = folder('plugin-data', true)
  const temporary = folder('plugin-temp', true)
  const plugin = folder('plugin', false)
  return {
    getDataFolder: (): Promise<FolderEntry> => Promise.resolve(data),
    getTemporaryFolder: (): Promise<FolderEntry> => Promise.resolve(temporary),
    getPluginFolder: (): Promise<FolderEntry> => Promise.resolve(plugin),
    async getFileForOpening({ types = ['*'] }: { types?: readonly string[] } = {}): Promise<FileEntry | null> {
      await Promise.resolve()
      allowed()
      const chosen = await pickers.open(types)
      return chosen && file(chosen.name, `/${chosen.name}`, () => undefined, { bytes: new Uint8Array(chosen.bytes) })
    },
    async getFileForSaving(
      suggested: string,
      { types }: { types?: readonly string[] } = {},
    ): Promise<FileEntry | null> {
      await Promise.resolve()
      allowed()
      if (!types?.length) throw new Error('getFileForSaving needs the option "types".')
      const chosen = await pickers.save(suggested)
      return chosen && file(chosen.name, `/${chosen.name}`, () => undefined, { written: chosen.written })
    },
    getNativePath: (entry: { readonly nativePath: string }): string => entry.nativePath,
    createSessionToken(entry: FileEntry): string {
      const token = `session-token-${tokens.size + 1}`
      tokens.set(token, entry)
      return token
    },
  }
}

function folder(name: string, writable: boolean): FolderEntry {
  const files = new Map<string, FileEntry>()
  const nativePath = `/${name}`
  return {
    isFolder: true,
    name,
    nativePath,
    async createFile(fileName, { overwrite = false } = {}) {
      await Promise.resolve()
      if (!writable) throw new Error(`The folder "${name}" is read-only.`)
      if (files.has(fileName) && !overwrite) throw new Error(`The file "${fileName}" exists.`)
      const made = file(fileName, `${nativePath}/${fileName}`, () => files.delete(fileName))
      files.set(fileName, made)
      return made
    },
    async getEntry(fileName) {
      await Promise.resolve()
      const found = files.get(fileName)
      if (!found) throw new Error(`Could not find an entry of "${fileName}".`)
      return found
    },
    getEntries: () => Promise.resolve([...files.values()]),
  }
}

function file(
  name: string,
  nativePath: string,
  remove: () => void,
  outside: { readonly bytes?: Uint8Array<ArrayBuffer>; readonly written?: (bytes: Uint8Array) => void } = {},
): FileEntry {
  let bytes = outside.bytes ?? new Uint8Array(0)
  return {
    isFile: true,
    name,
    nativePath,
    async write(data, { format = FORMATS.utf8 } = {}) {
      await Promise.resolve()
      if (format === FORMATS.binary && !(data instanceof ArrayBuffer))
        throw new TypeError('Writing in the binary format takes an ArrayBuffer.')
      bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data.slice(0))
      outside.written?.(bytes)
      return bytes.length
    },
    async read({ format = FORMATS.utf8 } = {}) {
      await Promise.resolve()
      return format === FORMATS.binary ? bytes.slice().buffer : new TextDecoder().decode(bytes)
    },
    async delete() {
      await Promise.resolve()
      remove()
    },
  }
}
