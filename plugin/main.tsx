import { whenPanelIsCreated } from './host/entrypoint.ts'
import './without-eval.ts'
import { createRoot } from 'react-dom/client'
import { version } from '../package.json'
import { DEFAULT_PORT } from '../shared/protocol.ts'
import { RemoteCompanion } from './client/remote-companion.ts'
import { onHandedFile } from './host/handed-file.ts'
import { photoshopModule, uxpModule } from './host/modules.ts'
import { createPhotoshopHost } from './host/photoshop-host.ts'
import { createSettings, readToken, writeToken } from './host/settings.ts'
import { createPanel } from './state/panel.ts'
import { Panel } from './ui/Panel.tsx'

/** Puts the panel together over the real Photoshop and shows it. */
async function mount(root: HTMLElement): Promise<void> {
  const { secureStorage } = uxpModule.storage
  const settings = createSettings(localStorage)
  const companion = new RemoteCompanion({
    WebSocket,
    port: Number(settings.read('port') ?? DEFAULT_PORT),
    token: await readToken(secureStorage),
    keepToken: (token) => void writeToken(secureStorage, token),
    client: { name: 'imprint-panel', version },
  })
  const panel = createPanel({
    host: createPhotoshopHost(photoshopModule, uxpModule.storage),
    companion,
    settings,
    copy: (text) => navigator.clipboard.writeText(text),
    now: () => Date.now(),
    random: Math.random,
  })
  panel.start()
  onHandedFile(root, ({ name, bytes }) => void panel.takeOver.bytes(bytes, name))
  createRoot(root).render(<Panel panel={panel} />)
}

whenPanelIsCreated((root) => void mount(root))
