import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ImprintError } from '../../shared/errors.ts'
import type { FullSizeFigures } from '../bench/full-size.ts'
import { writeFullSizeModel } from '../bench/full-size-folder.ts'
import { FULL_SIZE, type FullSize } from '../bench/published-sizes.ts'
import { STARTER } from './folders.ts'
import { readOptions, text } from './options.ts'

const OPTIONS = {
  folder: {
    type: 'string',
    value: 'DIR',
    does: 'where the full-size models are written and kept (2 GB; 6 GB for SDXL)',
  },
  size: { type: 'string', value: 'NAME', does: 'whose size: sd15 (the default) or sdxl' },
  json: { type: 'boolean', does: 'as JSON' },
} as const

/** Pictures and steps measured after the first. */
const POSITIONS = 3
const STEPS = 4
/** How often the model is loaded, each time in a new process. */
const LOADS = 3

/** `imprint bench`: a UNet of a published model's size with random weights, through the same code as every picture. */
export async function bench(args: readonly string[]): Promise<void> {
  const given = readOptions('bench', OPTIONS, args)
  if (!given) return
  const size = sizeNamed(text(given.size) ?? 'sd15')
  const folder = join(text(given.folder) ?? join(tmpdir(), 'imprint-bench'), size)
  writeFullSizeModel(join(folder, 'full-size'), size, STARTER)
  const loads: number[] = []
  for (let i = 1; i < LOADS; i++) loads.push((await measure(folder, size, 0)).loadSeconds)
  const last = await measure(folder, size, POSITIONS)
  const figures = { ...last, loadSeconds: [...loads, last.loadSeconds] }
  process.stdout.write(given.json === true ? `${JSON.stringify(figures)}\n` : table(size, figures))
}

function sizeNamed(name: string): FullSize {
  if (Object.hasOwn(FULL_SIZE, name)) return name as FullSize
  throw new ImprintError('usage-invalid', `--size: "${name}" is none of ${Object.keys(FULL_SIZE).join(', ')}.`)
}

function measure(folder: string, size: FullSize, positions: number): Promise<FullSizeFigures> {
  const entry = new URL('../bench/full-size.ts', import.meta.url)
  const child = fork(entry, [folder, size, String(positions), String(STEPS)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (figures: FullSizeFigures) => resolve(figures))
    child.once('exit', (code) =>
      reject(
        new ImprintError(
          'engine-died',
          `The measuring process ended early (exit ${code ?? '?'}). Is there memory for the model at twice its size?`,
        ),
      ),
    )
  })
}

type Figures = Omit<FullSizeFigures, 'loadSeconds'> & { readonly loadSeconds: readonly number[] }

function table(size: FullSize, figures: Figures): string {
  const { title, side } = FULL_SIZE[size]
  const { first, referenceWeight, lora, loraWeight } = figures.loads
  const memory = [figures.anonymousMB, figures.mappedMB].map((mb) => (mb === undefined ? '?' : mb.toFixed(0)))
  const rows: [string, string][] = [
    ['open and check the folder', `${figures.openSeconds.toFixed(2)} s`],
    ['load the UNet (F16 file)', spread(figures.loadSeconds, 's')],
    [`one evaluation, ${side} x ${side}`, spread(figures.secondsPerEvaluation, 's')],
    ['  with a LoRA of rank 16', spread(figures.secondsPerEvaluationWithLora, 's')],
    ['between two evaluations', spread(figures.betweenStepsMs, 'ms')],
    ['slider to first evaluation', spread(figures.sliderToFirstCallMs, 'ms')],
    ['networks loaded at first', `${first}`],
    ["  for a reference's weight", `${referenceWeight}`],
    ['  for a LoRA', `${lora}`],
    ["  for a LoRA's weight", `${loraWeight}`],
    ['peak memory', `${figures.peakMB.toFixed(0)} MB`],
    ['memory at the end', `${memory[0]!} MB own, ${memory[1]!} MB mapped`],
  ]
  const head = `${title}'s UNet with 4 image tokens, random weights, CPU, ${figures.threads} threads\n`
  return head + rows.map(([what, figure]) => `  ${what.padEnd(28)} ${figure}\n`).join('')
}

/** Least, middle and most of some measurements. */
function spread(values: readonly number[], unit: string): string {
  const sorted = [...values].sort((a, b) => a - b)
  const [least, median, most] = [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!]
  return `${median.toFixed(2)} ${unit} (${least.toFixed(2)} to ${most.toFixed(2)}, ${sorted.length} measured)`
}
