import { usePanel, usePanelState } from './panel-context.ts'
import { Button } from './widgets/Button.tsx'

/** The one primary action, and while it works the way out. */
export function Imprint() {
  const panel = usePanel()
  const { run } = usePanelState()
  return (
    <section className="section">
      {run?.kind === 'imprint' ? (
        <Button key="cancel" variant="secondary" onPress={panel.cancel}>
          Cancel
        </Button>
      ) : (
        <Button key="imprint" variant="cta" onPress={() => void panel.imprint()}>
          Imprint
        </Button>
      )}
    </section>
  )
}
