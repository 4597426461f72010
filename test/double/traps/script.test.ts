import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { ignoredCss } from '../../../plugin/studio/double/css.ts'
import { UXP_LACKS, uxpGlobals, withoutForeignGlobals } from '../../../plugin/studio/double/globals.ts'
import { photoshopWith } from '../bench.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

test('trap 3: entry points set up after the script’s first turn are lost', async () => {
  const late = photoshopWith()
  late.require('uxp')
  await nextTurn()
  assert.throws(() => late.uxp.entrypoints.setup({ panels: { main: {} } }), /_isSet/)
  assert.deepEqual(late.controls.panels(), [])

  const prompt = photoshopWith()
  prompt.require('uxp')
  await Promise.resolve()
  prompt.uxp.entrypoints.setup({ panels: { main: {} } })
  assert.deepEqual(prompt.controls.panels(), ['main'])
})

test('trap 13: what Node has and UXP lacks is not there for the panel’s script', () => {
  const context = createContext(uxpGlobals(globalThis))
  const kind = (name: string): unknown => runInContext(`typeof ${name}`, context)
  for (const name of ['TextEncoder', 'MutationObserver', 'Worker', 'structuredClone', 'FileReader', 'queueMicrotask'])
    assert.equal(kind(name), 'undefined', name)
  assert.equal(kind('setTimeout'), 'function')
  assert.throws(() => runInContext('new TextEncoder()', context), /not defined/)
})

test('trap 13: in a browser the same names are hidden from the panel and from nobody else', () => {
  const seen = Object.fromEntries(UXP_LACKS.map((name) => [name, `page's ${name}`]))
  const context = createContext({ ...seen, found: [] })
  runInContext(withoutForeignGlobals(`found.push(${UXP_LACKS.map((name) => `typeof ${name}`).join(', ')})`), context)
  assert.deepEqual(runInContext('[...new Set(found)].join()', context), 'undefined')
  assert.equal(runInContext('TextEncoder', context), `page's TextEncoder`)
})

test('trap 14: styles that UXP drops without a word are found', () => {
  const sheet = `
    /* display: grid; in a comment is nothing */
    .a { display: grid; gap: 8px; color: red; margin: 0 4px }
    .b { transition: opacity 1s; position: sticky; display: flex; text-transform: uppercase; }
    @media (max-width: 300px) { .c { animation-name: x; float: left; box-shadow: none; transform: none } }
    .d { font: 12px serif; font-size: 12px; grid-row: 1; column-gap: 1px; position: absolute }`
  assert.deepEqual(ignoredCss(sheet), [
    'display: grid',
    'gap: 8px',
    'transition: opacity 1s',
    'position: sticky',
    'text-transform: uppercase',
    'animation-name: x',
    'float: left',
    'box-shadow: none',
    'transform: none',
    'font: 12px serif',
    'grid-row: 1',
    'column-gap: 1px',
  ])
})
