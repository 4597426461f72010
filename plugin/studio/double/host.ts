import type { Domains } from './allow-list.ts'
import { createApp } from './app-object.ts'
import { createBatchPlay } from './batch-play.ts'
import { CONSTANTS } from './constants.ts'
import { createControls } from './controls.ts'
import { createEntrypoints } from './entrypoints.ts'
import { createFileSystem, type FilePermission, type FilePickers, FORMATS } from './file-system.ts'
import type { DecodePicture } from './picture-document.ts'
import { createImaging, type EncodeJpeg } from './imaging.ts'
import { encodeJpeg } from './jpeg.ts'
import { createModal } from './modal.ts'
import { type CallChain, idle, synchronousChain } from './modal-state.ts'
import { createNotifications } from './notifications.ts'
import type { Session } from './session.ts'
import { createShell, type LaunchPermission } from './shell.ts'
import { createSecureStorage, memoryStore, type TextStore } from './storage.ts'
import { type Switches, SWITCHES } from './switches.ts'
import { createWebSocketClass, type PlatformSocketClass } from './websocket.ts'

export interface HostOptions {
  readonly pluginId?: string
  /** The manifest's `requiredPermissions.network.domains`; nothing can be reached when absent. */
  readonly domains?: Domains
  /** The manifest's `requiredPermissions.launchProcess`. */
  readonly launchProcess?: LaunchPermission
  /** The platform's WebSocket class; without one the host has none. */
  readonly WebSocket?: PlatformSocketClass
  /** Where secureStorage keeps its texts; memory when absent. */
  readonly secureStore?: TextStore
  /** Follows calls across `await`, so that nested modal scopes are known as such. */
  readonly callChain?: CallChain
  readonly encodeJpeg?: EncodeJpeg
  /** Reads PNG, JPEG and WebP files; without it only PSD files can be opened. */
  readonly decodePicture?: DecodePicture
  /** The manifest's `requiredPermissions.localFileSystem`. */
  readonly localFileSystem?: FilePermission
  /** What the person does with file pickers; closed when absent. */
  readonly filePickers?: FilePickers
  /** Bytes a socket may hold unsent before it closes. */
  readonly bufferCapBytes?: number
  /** Bytes of live image data above which Photoshop complains; 600 MB when absent. */
  readonly memoryWarningBytes?: number
  readonly switches?: Partial<Switches>
}

const BUFFER_CAP_BYTES = 64 * 1024 * 1024
const MEMORY_WARNING_BYTES = 600 * 1024 * 1024

/**
 * A Photoshop without Photoshop: the `photoshop` and `uxp` modules over documents opened from PSD files, as strict as the
 * real one or stricter, and the controls that play its user.
 */
export function createHost(options: HostOptions = {}) {
  const switches: Switches = { ...SWITCHES, ...options.switches }
  const session: Session = {
    pluginId: options.pluginId ?? 'imprint',
    switches,
    modal: idle(options.callChain ?? synchronousChain()),
    documents: [],
    activeId: null,
    listeners: [],
    watchers: new Set(),
    images: new Map(),
    warnings: [],
    memoryWarningBytes: options.memoryWarningBytes ?? MEMORY_WARNING_BYTES,
    readsHeld: null,
    socketsHeld: null,
    nextId: 1,
  }
  const notifications = createNotifications(session)
  const entrypoints = createEntrypoints(switches)
  const shell = createShell(options.launchProcess ?? null, switches)

  const photoshop = {
    app: createApp(session, options.decodePicture),
    core: { ...createModal(session), ...notifications.core },
    action: { ...createBatchPlay(session), ...notifications.action },
    imaging: createImaging(session, options.encodeJpeg ?? encodeJpeg),
    constants: CONSTANTS,
  }
  const uxp = {
    entrypoints: entrypoints.uxp,
    shell: shell.uxp,
    storage: {
      secureStorage: createSecureStorage(options.secureStore ?? memoryStore(), switches),
      localFileSystem: createFileSystem(options.localFileSystem, options.filePickers),
      formats: FORMATS,
    },
    host: { name: 'Photoshop', version: '26.0.0', uiLocale: 'en_US' },
    versions: { uxp: 'uxp-8.0.1', plugin: '0.1.0' },
  }
  const modules = new Map<string, unknown>([
    ['photoshop', photoshop],
    ['uxp', uxp],
  ])
  // A manifest is read when the plugin is loaded: changing it later changes nothing.
  const domains: Domains = options.domains === 'all' ? 'all' : [...(options.domains ?? [])]

  return {
    photoshop,
    uxp,
    /** What a plugin's script calls, with or without `adobe:` before the name; UXP's fs, os, path and process have no double. */
    require(name: string): unknown {
      entrypoints.begin()
      const module = modules.get(name.replace(/^adobe:/, ''))
      if (module === undefined) throw new Error(`Module not found: "${name}"`)
      return module
    },
    /** UXP's WebSocket, held to the manifest's allow list; undefined when the host was given none to build on. */
    WebSocket:
      options.WebSocket &&
      createWebSocketClass(options.WebSocket, {
        domains,
        numericLoopbackRefused: () => switches.numericLoopbackRefused,
        bufferCapBytes: options.bufferCapBytes ?? BUFFER_CAP_BYTES,
        held: () => session.socketsHeld,
      }),
    controls: {
      ...createControls(session),
      openPanel: entrypoints.openPanel,
      panels: entrypoints.panels,
      launches: shell.launches,
    },
  }
}

export type StudioHost = ReturnType<typeof createHost>
