import { freemem, totalmem } from 'node:os'
import process from 'node:process'
import { asImprintError } from '../../shared/errors.ts'
import { DEFAULT_PORT } from '../../shared/protocol.ts'
import { createChildEngine } from '../engine/child-engine.ts'
import { findModels } from '../models/catalog.ts'
import { listenOnLoopback } from '../server/loopback.ts'
import { createServer } from 'node:http'
import { dataFolder, modelFolders } from './folders.ts'
import { size } from './list-models.ts'
import { ENGINE_OPTIONS, readOptions, text } from './options.ts'

const OPTIONS = {
  models: ENGINE_OPTIONS.models,
  json: { type: 'boolean', does: 'as JSON' },
} as const

interface Finding {
  readonly subject: string
  readonly works: boolean
  readonly says: string
}

/** `imprint doctor`: what works here, what does not, and what to do. */
export async function doctor(args: readonly string[]): Promise<void> {
  const given = readOptions('doctor', OPTIONS, args)
  if (!given) return
  const roots = modelFolders(text(given.models))
  const findings = [
    node(),
    memory(),
    await device('cpu', roots),
    await device('webgpu', roots),
    ...models(roots),
    await port(),
    pairing(),
  ]
  if (given.json === true) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else
    for (const { subject, works, says } of findings)
      process.stdout.write(`${works ? '✓' : '✗'} ${subject.padEnd(10)} ${says}\n`)
}

const node = (): Finding => ({
  subject: 'node',
  works: true,
  says: `${process.version} on ${process.platform} ${process.arch}`,
})

const memory = (): Finding => ({
  subject: 'memory',
  works: totalmem() > 4e9,
  says: `${size(freemem())} free of ${size(totalmem())}; Stable Diffusion 1.5 wants about 5 GB`,
})

async function device(name: 'cpu' | 'webgpu', roots: readonly string[]): Promise<Finding> {
  const engine = createChildEngine({ roots, device: name })
  try {
    return { subject: name, works: true, says: (await engine.device()).reason }
  } catch (thrown) {
    return { subject: name, works: false, says: asImprintError(thrown).message }
  } finally {
    await engine.close()
  }
}

function models(roots: readonly string[]): Finding[] {
  const found = findModels(roots)
  const unusable = found
    .filter(({ role }) => role === 'unknown')
    .map(({ place, why }) => ({ subject: 'models', works: false, says: `${place}: ${why ?? ''}` }))
  const usable = found.filter(({ role }) => role !== 'unknown')
  const says = usable.map(({ name, role }) => `${name} (${role})`).join(', ')
  return [
    { subject: 'models', works: usable.some(({ role }) => role === 'checkpoint'), says: says || 'none' },
    ...unusable,
  ]
}

async function port(): Promise<Finding> {
  try {
    const { servers } = await listenOnLoopback(DEFAULT_PORT, () => createServer())
    for (const server of servers) server.close()
    return { subject: 'port', works: true, says: `${DEFAULT_PORT} is free` }
  } catch {
    return {
      subject: 'port',
      works: false,
      says: `${DEFAULT_PORT} is taken: the companion may be running already, or use "imprint serve --port N"`,
    }
  }
}

const pairing = (): Finding => ({
  subject: 'pairing',
  works: true,
  says: `"imprint serve" shows the number to type; what the panel keeps then lies in ${dataFolder('pairing-code')}`,
})
