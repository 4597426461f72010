import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { SeedLock } from './SeedLock.tsx'
import { ActionButton, Button } from './widgets/Button.tsx'

/** The one primary action, which queues while others are made; under it four pictures at once, and the seed. */
export function Imprint() {
  const panel = usePanel()
  const { run } = usePanelState()
  return (
    <section className="section">
      <Button variant="cta" focus={mainButton} onPress={() => void panel.imprint()}>
        Imprint
      </Button>
      {run?.kind === 'imprint' && <p className="hint">Imprint again queues another. Escape cancels this one.</p>}
      <div className="row wraps">
        <ActionButton
          onPress={() => void panel.variations.make()}
          title="Four pictures of neighbouring seeds, to choose from before any goes into the document"
        >
          Four variations
        </ActionButton>
      </div>
      <SeedLock />
    </section>
  )
}
