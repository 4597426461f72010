import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { SeedLock } from './SeedLock.tsx'
import { ActionButton, Button } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** The one primary action, which queues while others are made; under it four pictures at once, and the seed. */
export function Imprint() {
  const panel = usePanel()
  const { run } = usePanelState()
  return (
    <section className="section">
      <Button variant="cta" focus={mainButton} onPress={() => void panel.imprint()}>
        {words.imprint.button}
      </Button>
      {/* There is always a line, so that nothing below moves when a picture is begun. */}
      <p className="hint">{run?.kind === 'imprint' ? words.imprint.again : words.imprint.shortcut}</p>
      <div className="row wraps">
        <ActionButton onPress={() => void panel.variations.make()} title={words.imprint.variationsHelp}>
          {words.imprint.variations}
        </ActionButton>
      </div>
      <SeedLock />
    </section>
  )
}
