/** `npm run bench` begins here: how soon a slider answers, through the panel's own code, the socket and the starter model. */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { followingOf } from '../../state/following.ts'
import type { Panel } from '../../state/panel.ts'
import { openPairedPanel, settled } from './paired-panel.ts'

const DRAGS = 20
/** Seconds that the medians are meant to stay under on two cores. */
const MEANT = { quick: 0.5, full: 1.5 } as const

/** Seconds from the first movement to the first quick picture, and from letting go to the full one in its layer. */
interface Drag {
  readonly quick: number
  readonly full: number
}

/** One drag: to `first`, where a picture is waited for, and on to `last`, where the slider is let go of at once. */
async function drag(panel: Panel, first: number, last: number): Promise<Drag> {
  const { image } = panel.state().recipe.references[0]!
  const started = performance.now()
  void panel.setWeight(image, first, false)
  await settled(panel, ({ trial }) => trial?.isComing === false && trial.following[0]?.weight === first)
  const seen = performance.now()
  void panel.setWeight(image, last, false)
  const released = performance.now()
  void panel.setWeight(image, last, true)
  await settled(panel, ({ newest }) => newest !== undefined && followingOf(newest.made.recipe)[0]?.weight === last)
  return { quick: (seen - started) / 1000, full: (performance.now() - released) / 1000 }
}

async function measured(): Promise<readonly Drag[]> {
  const { panel, close } = await openPairedPanel()
  try {
    await panel.references.add()
    panel.change({ prompt: 'a house' })
    await panel.imprint()
    await settled(panel, ({ newest }) => newest !== undefined)
    // The first drag loads what only quick pictures need.
    await drag(panel, 0.1, 0.2)
    const drags: Drag[] = []
    // No weight twice: the companion would have kept what it needs for that.
    for (let i = 0; i < DRAGS; i++) drags.push(await drag(panel, 0.3 + i / 50, 0.9 + i / 50))
    return drags
  } finally {
    await close()
  }
}

function line(what: string, seconds: readonly number[], meant: number): string {
  const sorted = [...seconds].sort((a, b) => a - b)
  const [least, median, most] = [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!]
  const spread = `${median.toFixed(2)} s (${least.toFixed(2)} to ${most.toFixed(2)}, ${seconds.length} measured)`
  return `  ${what.padEnd(28)} ${spread}; meant: at most ${meant.toFixed(1)} s\n`
}

const home = await mkdtemp(join(tmpdir(), 'imprint-bench-home-'))
process.env['IMPRINT_HOME'] = home
try {
  const drags = await measured()
  process.stdout.write(
    `A slider over the starter model's picture, panel to socket to panel, CPU, ${availableParallelism()} threads\n` +
      line(
        'first quick picture',
        drags.map(({ quick }) => quick),
        MEANT.quick,
      ) +
      line(
        'full one after letting go',
        drags.map(({ full }) => full),
        MEANT.full,
      ),
  )
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown))
  process.exitCode = 1
} finally {
  await rm(home, { recursive: true, force: true })
}
