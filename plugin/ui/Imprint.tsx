import { usePanel, usePanelState } from './panel-context.ts'
import { Button } from './widgets/Button.tsx'

/** The one primary action, and while it works the way out; one widget, so that the keyboard's focus stays on it. */
export function Imprint() {
  const panel = usePanel()
  const { run } = usePanelState()
  const isWorking = run?.kind === 'imprint'
  return (
    <section className="section">
      <Button
        variant={isWorking ? 'secondary' : 'cta'}
        onPress={() => (isWorking ? panel.cancel() : void panel.imprint())}
      >
        {isWorking ? 'Cancel' : 'Imprint'}
      </Button>
    </section>
  )
}
