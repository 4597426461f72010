import type { IncomingMessage } from 'node:http'

/**
 * Why a connection is not for us, or undefined when it is: another Host means that a web page's name was pointed at this
 * machine, a web Origin that a page in a browser opened the socket. Photoshop sends no web Origin, whatever it sends.
 */
export function refusal(
  { host, origin }: Pick<IncomingMessage['headers'], 'host' | 'origin'>,
  port = 0,
  allowedOrigins: readonly string[],
): string | undefined {
  const hosts = ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`)
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return `The companion answers to ${hosts.join(', ')} only, not to the host "${host ?? ''}".`
  }
  if (origin !== undefined && /^https?:/i.test(origin) && !allowedOrigins.includes(origin)) {
    return `The web page at ${origin} may not use the companion.`
  }
  return undefined
}
