/** `npm start`: the panel beside a document in a browser. Further arguments go to the companion. */
import process from 'node:process'
import { buildPanel, buildStudio } from '../../build.ts'
import { openStudio } from './open-studio.ts'

try {
  await Promise.all([buildPanel(), buildStudio()])
  const studio = await openStudio({ companionArgs: process.argv.slice(2) })
  console.log('The studio is open: the panel beside a document. Ctrl+C closes it.')
  console.log(studio.url)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void studio.close().then(() => process.exit(0)))
  }
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown))
  process.exit(1)
}
