/** The `imprint` command: picks a subcommand and turns failures into one sentence and an exit status. */
import process from 'node:process'
import { asImprintError, ERRORS, ImprintError } from '../shared/errors.ts'

type Command = (args: readonly string[]) => Promise<void>

/** Each is loaded when it is asked for: what one needs would keep the others waiting. */
const COMMANDS: Readonly<Record<string, { load: () => Promise<Command>; does: string }>> = {
  generate: {
    load: async () => (await import('./cli/generate.ts')).generate,
    does: 'make a picture from a recipe, or from a layer of a Photoshop document',
  },
  serve: { load: async () => (await import('./cli/serve.ts')).serve, does: 'wait for the panel' },
  models: {
    load: async () => (await import('./cli/list-models.ts')).listModels,
    does: 'say what the models folder holds',
  },
  doctor: {
    load: async () => (await import('./cli/doctor.ts')).doctor,
    does: 'say what works on this machine, what does not, and what to do',
  },
  bench: { load: async () => (await import('./cli/bench.ts')).bench, does: 'measure the engine on this machine' },
}

const HELP = `Usage: imprint <command> [options]

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(10)} ${does}`)
  .join('\n')}

"imprint <command> --help" lists a command's options.
`

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP)
    return
  }
  const command = COMMANDS[name]
  if (!command || !Object.hasOwn(COMMANDS, name)) {
    throw new ImprintError('usage-invalid', `There is no command "${name}". Run "imprint --help" for those there are.`)
  }
  const run = await command.load()
  await run(args)
}

// Whoever read the output, as in "imprint models | head", has read enough.
process.stdout.on('error', () => process.exit())

try {
  await main(process.argv.slice(2))
} catch (thrown) {
  const { code, message, cause } = asImprintError(thrown)
  process.stderr.write(`${message}\n`)
  if (process.env['IMPRINT_DEBUG'] !== undefined && cause !== undefined) console.error(cause)
  process.exitCode = ERRORS[code].fault === 'input' ? 2 : 1
}
