/** A program that owns an engine in the middle of a long step; it says the engine's process id, and waits to be killed. */
import process from 'node:process'
import { modelFolders } from '../../companion/cli/folders.ts'
import { createChildEngine } from '../../companion/engine/child-engine.ts'
import { watchChildren } from './child-processes.ts'

const { started } = watchChildren()
const engine = createChildEngine({ roots: modelFolders(undefined), device: 'cpu' })
const recipe = { checkpoint: 'starter', prompt: 'a fox', size: [512, 512] as [number, number], steps: 1000 }
for await (const event of engine.generate({ recipe, pictures: {} }, new AbortController().signal)) {
  if (event.type === 'preview' && event.step === 1) process.stdout.write(`${started[0]!.pid!}\n`)
}
