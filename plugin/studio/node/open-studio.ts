import { join } from 'node:path'
import { startCompanion } from './companion-process.ts'
import { serveStudio } from './serve.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** The studio's page with the shipped panel beside a document, and a companion of its own. */
export interface Studio {
  readonly url: string
  close(): Promise<void>
}

/** Opens the studio from what `npm run build` made; `companionArgs` go to `imprint serve`. */
export async function openStudio(options: { port?: number; companionArgs?: readonly string[] } = {}): Promise<Studio> {
  const folders = {
    '/': join(ROOT, 'dist/studio'),
    '/panel/': join(ROOT, 'dist/panel'),
    '/example/': join(ROOT, 'plugin/studio/example'),
  }
  const server = await serveStudio(folders, options.port)
  try {
    const origin = server.url.replace(/\/$/, '')
    const companion = await startCompanion(['--origin', origin, ...(options.companionArgs ?? [])])
    server.configure({ psdUrl: '/example/fox.psd', port: companion.port, token: companion.token })
    return {
      url: server.url,
      close: async () => {
        await Promise.all([server.close(), companion.close()])
      },
    }
  } catch (thrown) {
    await server.close()
    throw thrown
  }
}
