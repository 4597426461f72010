import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const ROOT = join(import.meta.dirname, '..', '..')
const TSX = import.meta.resolve('tsx')

/** Tests that a part of the sources is right: their file below test/, and what their names hold. */
export interface Check {
  readonly file: string
  readonly name: string
}

/** What became of a check. */
export interface Outcome {
  readonly passed: number
  /** Tests that disagreed, as opposed to tests that could not even run. */
  readonly disagreed: number
  readonly said: string
}

/** One line of the sources, and a plausible mistake in its place. */
export interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Runs a check on a copy of the sources, with a change in it if one is given. */
export async function runCheck({ file, name }: Check, change?: Change): Promise<Outcome> {
  const tree = copySources()
  try {
    if (change) apply(tree, change)
    const flags = ['--import', TSX, '--test-reporter', 'tap', '--test-name-pattern', name]
    const said = await output([...flags, join(tree, 'test', `${file}.test.ts`)], tree)
    const passed = Number(/^# pass (\d+)$/m.exec(said)?.[1] ?? 0)
    const disagreed = said.match(/code: 'ERR_ASSERTION'/g)?.length ?? 0
    return { passed, disagreed, said }
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

function copySources(): string {
  const tree = mkdtempSync(join(tmpdir(), 'imprint-mutant-'))
  const starter = join(ROOT, 'companion', 'starter', 'models')
  for (const part of [
    'companion',
    'shared',
    'test/parity',
    'test/starter',
    'test/unit',
    'test/faces',
    'test/lora',
    'test/models',
    'test/text',
    'test/support',
    'package.json',
  ]) {
    cpSync(join(ROOT, part), join(tree, part), { recursive: true, filter: (path) => path !== starter })
  }
  for (const part of ['node_modules', 'test/fixtures']) symlinkSync(join(ROOT, part), join(tree, part), 'junction')
  return tree
}

function apply(tree: string, { file, from, to }: Change): void {
  const path = join(tree, file)
  const source = readFileSync(path, 'utf8')
  const places = source.split(from).length - 1
  if (places !== 1) throw new Error(`${file} holds ${places} times, not once: ${from}`)
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
}

function output(args: readonly string[], cwd: string): Promise<string> {
  // A test process tells its parent runner by this variable; the check must not report to ours.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
}
