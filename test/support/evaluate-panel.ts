import { createContext, runInContext } from 'node:vm'
import { UXP_LACKS, uxpGlobals } from '../../plugin/studio/double/globals.ts'
import { createHost } from '../../plugin/studio/double/host.ts'

/** Runs the panel's bundle as Photoshop would: UXP's globals and modules, and no code from text. */
export function evaluatePanel(script: string) {
  const photoshop = createHost()
  const asked = new Set<string>()
  const globals: Record<string, unknown> = {
    ...uxpGlobals(globalThis),
    require: (name: string) => {
      asked.add(name)
      return photoshop.require(name)
    },
  }
  globals['window'] = globals
  const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } })
  for (const name of UXP_LACKS) runInContext(`globalThis[${JSON.stringify(name)}] = undefined`, context)
  runInContext(script, context, { filename: 'main.js' })
  return { controls: photoshop.controls, asked: [...asked].sort() }
}
