/** `npm run starter:evaluate`: what the starter model, or models of one's own, make of words and references. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { asImprintError, ERRORS, ImprintError } from '../../../shared/errors.ts'
import { STARTER } from '../../cli/folders.ts'
import { writePng } from '../../cli/pictures.ts'
import { contactSheet, SHEET_ORDER } from './contact-sheet.ts'
import { openJudge } from './judge.ts'
import { measure, type Figures } from './measure.ts'
import { openPainter } from './painter.ts'
import { planOf } from './plan.ts'
import { readReferences } from './references.ts'
import { percent, table } from './table.ts'

const HELP = `Usage: npm run starter:evaluate -- [options]

  --models DIR   a model folder to measure; may be given several times (default: the one that comes with Imprint)
  --out DIR      where the contact sheets and figures.json go (default: out/starter)
  --few N        at most N of everything, for a quick look
  --figures      figures alone, without the contact sheets, which take as long again
`

interface Given {
  readonly folders: readonly string[]
  readonly out: string
  readonly few: number | undefined
  readonly sheets: boolean
}

const OPTIONS = {
  models: { type: 'string', multiple: true },
  out: { type: 'string' },
  few: { type: 'string' },
  figures: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** What the command was given; undefined where it was only asked for help. */
function given(): Given | undefined {
  const { values, positionals } = parsed()
  if (values.help) return undefined
  const few = values.few === undefined ? undefined : Number(values.few)
  if (few !== undefined && !(Number.isInteger(few) && few > 0)) {
    throw new ImprintError('usage-invalid', `--few: "${values.few ?? ''}" is no number of pictures. Give 1 or more.`)
  }
  // "--models A B" names two folders as "--models A --models B" does.
  const folders = [...(values.models ?? [STARTER]), ...positionals].map((folder) => resolve(folder))
  return { folders, out: resolve(values.out ?? join('out', 'starter')), few, sheets: values.figures !== true }
}

function parsed() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS })
  } catch (cause) {
    const what = (cause as Error).message.split(/\.\s/, 1)[0]!
    throw new ImprintError('usage-invalid', `${what}. Run it with --help for what it takes.`, { cause })
  }
}

async function evaluate({ folders, out, few, sheets }: Given): Promise<void> {
  mkdirSync(out, { recursive: true })
  const judge = await openJudge()
  const references = await readReferences()
  const plan = planOf(judge.concepts, references, few)
  const measured: { name: string; figures: Figures }[] = []
  for (const [i, folder] of folders.entries()) {
    const name = `${i + 1} ${basename(folder)}`
    const tell = (what: string) => process.stderr.write(`${name}: ${what}\n`)
    const painter = openPainter(folder)
    measured.push({ name, figures: await measure(painter, judge, plan, tell) })
    if (!sheets) continue
    tell('contact sheet')
    await writePng(join(out, `sheet-${i + 1}.png`), await contactSheet(painter, references, plan, few))
  }
  await judge.close()
  const { concept, style } = judge.right
  writeFileSync(join(out, 'figures.json'), `${JSON.stringify(measured, undefined, 2)}\n`)
  process.stdout.write(
    `${table(measured)}\nThe judge itself is right about ${percent(concept)} of things and ${percent(style)} of styles.\n`,
  )
  if (sheets) process.stdout.write(`Contact sheets in ${out}: ${SHEET_ORDER}.\n`)
}

try {
  const options = given()
  if (options) await evaluate(options)
  else process.stdout.write(HELP)
} catch (thrown) {
  const { code, message } = asImprintError(thrown)
  process.stderr.write(`${message}\n`)
  process.exitCode = ERRORS[code].fault === 'input' ? 2 : 1
}
