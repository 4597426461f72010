import type { Run } from '../state/runs.ts'
import { words } from './words/words.ts'

/** How far a run is, in words. */
export function progressText({ phase, ahead, pace }: Run): string {
  switch (phase) {
    case 'sending':
      return words.progress.sending
    case 'waiting':
      return ahead === 0 ? words.progress.starting : words.progress.waiting(ahead)
    case 'loading':
      return words.progress.loading
    case 'encoding':
      return words.progress.encoding
    case 'denoising':
      return pace.secondsLeft === undefined
        ? words.progress.steps(pace.step, pace.steps)
        : words.progress.stepsAndTime(pace.step, pace.steps, timeLeft(pace.secondsLeft))
    case 'decoding':
      return words.progress.decoding
    case 'placing':
      return words.progress.placing
  }
}

/** How far a run is, in per cent of its steps. */
export const progressPercent = ({ pace: { step, steps } }: Run): number =>
  steps === 0 ? 0 : Math.round((step / steps) * 100)

const timeLeft = (seconds: number): string =>
  seconds < 60
    ? words.progress.seconds(Math.max(1, Math.round(seconds)))
    : words.progress.minutes(Math.ceil(seconds / 60))
