import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.psd': 'image/vnd.adobe.photoshop',
}

/** What the studio's page is told about its surroundings, as `window.STUDIO`. */
export interface StudioConfig {
  readonly psdUrl: string
  /** The companion's port and pairing code. */
  readonly port: number
  readonly token: string
}

export interface StudioServer {
  readonly url: string
  /** Gives the page its surroundings; until then the page is not served. */
  configure(config: StudioConfig): void
  close(): Promise<void>
}

/** Serves folders by URL prefix on 127.0.0.1; the longest prefix that fits wins. `/` is the studio's page. */
export async function serveStudio(folders: Readonly<Record<string, string>>, port = 0): Promise<StudioServer> {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length)
  let config: StudioConfig | undefined
  let origin = ''

  const server = createServer((request, response) => {
    // The page holds the pairing code, so a foreign name that points to this machine gets nothing.
    if (`http://${request.headers.host ?? ''}` !== origin || request.method !== 'GET') return refuse(response, 403)
    const path = pathOf(request.url ?? '/', origin)
    if (path === undefined) return refuse(response, 400)
    const wanted = path === '/' ? '/studio.html' : path
    const prefix = prefixes.find((start) => wanted.startsWith(start))
    if (prefix === undefined || wanted.includes('..')) return refuse(response, 404)
    const file = join(folders[prefix]!, wanted.slice(prefix.length))
    readFile(file).then(
      (bytes) => {
        if (path === '/' && config === undefined) return refuse(response, 503)
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
        response.end(path === '/' && config !== undefined ? withConfig(bytes.toString('utf8'), config) : bytes)
      },
      () => refuse(response, 404),
    )
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: `${origin}/`,
    configure: (given) => void (config = given),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The decoded path of a URL; undefined when it is malformed. */
function pathOf(url: string, origin: string): string | undefined {
  try {
    return normalize(decodeURIComponent(new URL(url, origin).pathname)).replaceAll(sep, '/')
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}\n`)
}

function withConfig(html: string, config: StudioConfig): string {
  const json = JSON.stringify(config).replaceAll('<', '\\u003c')
  return html.replace('<head>', `<head>\n<script>window.STUDIO = ${json}</script>`)
}
