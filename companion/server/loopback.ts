import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ImprintError } from '../../shared/errors.ts'

/** How often a free port is looked for that both addresses have. */
const ATTEMPTS = 10

/**
 * Servers on 127.0.0.1 and, where this machine has it, ::1 at the same port, because `localhost` may mean either.
 * Port 0 takes any that is free on both; throws `usage-invalid` when the port is taken.
 */
export async function listenOnLoopback(
  wanted: number,
  create: () => Server,
): Promise<{ port: number; servers: readonly Server[] }> {
  for (let attempt = 1; ; attempt++) {
    const numeric = create()
    const port = await listen(numeric, '127.0.0.1', wanted)
    const modern = create()
    try {
      await listen(modern, '::1', port)
      return { port, servers: [numeric, modern] }
    } catch (thrown) {
      if (!(thrown instanceof ImprintError)) return { port, servers: [numeric] }
      numeric.close()
      if (wanted !== 0 || attempt === ATTEMPTS) throw thrown
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(asSentence(error, host, port)))
    server.listen({ port, host, exclusive: true }, () => resolve((server.address() as AddressInfo).port))
  })
}

function asSentence(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new ImprintError(
      'usage-invalid',
      `Port ${port} on ${host} is taken, perhaps by another companion; stop that one or choose another port.`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES') {
    return new ImprintError('usage-invalid', `Port ${port} needs more rights than yours; choose one above 1023.`, {
      cause: error,
    })
  }
  return error
}
