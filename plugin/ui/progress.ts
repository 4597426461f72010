import type { Run } from '../state/runs.ts'

/** How far a run is, in words. */
export function progressText({ phase, ahead, pace }: Run): string {
  switch (phase) {
    case 'sending':
      return 'Sending the reference…'
    case 'waiting':
      return ahead === 0 ? 'Starting…' : `Waiting: ${ahead} ahead`
    case 'loading':
      return 'Loading the model; the first time takes longer…'
    case 'encoding':
      return 'Looking at the reference…'
    case 'denoising':
      return `${pace.step} of ${pace.steps}${pace.secondsLeft === undefined ? '' : `, ${timeLeft(pace.secondsLeft)} left`}`
    case 'decoding':
      return 'Finishing the picture…'
    case 'placing':
      return 'Putting it into the document…'
  }
}

/** How far a run is, in per cent of its steps. */
export const progressPercent = ({ pace: { step, steps } }: Run): number =>
  steps === 0 ? 0 : Math.round((step / steps) * 100)

const timeLeft = (seconds: number): string =>
  seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.ceil(seconds / 60)} min`
