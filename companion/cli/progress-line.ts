import process from 'node:process'
import type { EngineEvent } from '../engine/engine.ts'

const WIDTH = 24
const PHASES = {
  loading: 'Loading the model',
  encoding: 'Reading prompt and pictures',
  denoising: 'Painting',
  decoding: 'Developing',
}

/** A line on a terminal's standard error that follows a run; nothing where nobody looks. */
export function progressLine(): { show(event: EngineEvent): void; clear(): void } {
  const { stderr } = process
  if (!stderr.isTTY) return { show: () => undefined, clear: () => undefined }
  const clear = () => stderr.write('\r\x1b[K')
  return {
    show(event) {
      if (event.type !== 'progress') return
      clear()
      stderr.write(PHASES[event.phase])
      if (event.phase !== 'denoising') return
      const filled = Math.round((WIDTH * event.step) / event.steps)
      stderr.write(` ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${event.step} of ${event.steps}`)
    },
    clear,
  }
}
