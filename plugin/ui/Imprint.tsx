import type { Run } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { Button } from './widgets/Button.tsx'

/** The one primary action; while a picture is being made, how far it is and the way out. */
export function Imprint() {
  const panel = usePanel()
  const { run } = usePanelState()
  if (run === undefined) {
    return (
      <section className="section">
        <Button variant="cta" onPress={() => void panel.imprint()}>
          Imprint
        </Button>
      </section>
    )
  }
  const { step, steps } = run.pace
  return (
    <section className="section">
      <Button variant="secondary" onPress={panel.cancel}>
        Cancel
      </Button>
      <sp-progressbar
        class="progress"
        max={100}
        value={steps === 0 ? 0 : Math.round((step / steps) * 100)}
        show-value="false"
      />
      <p className="hint figures" role="status">
        {progress(run)}
      </p>
    </section>
  )
}

function progress({ phase, ahead, pace }: Run): string {
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

const timeLeft = (seconds: number): string =>
  seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.ceil(seconds / 60)} min`
