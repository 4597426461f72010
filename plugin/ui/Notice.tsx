import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** What Imprint waits for before it can go on. */
export function HostIsBusy() {
  const { hostIsBusy } = usePanelState()
  if (!hostIsBusy) return null
  return (
    <section className="section notice" role="status">
      <p className="sentence">{words.notice.hostIsBusy}</p>
    </section>
  )
}

/** What went wrong and what to do about it. */
export function Notice() {
  const panel = usePanel()
  const { notice } = usePanelState()
  if (notice === undefined) return null
  return (
    <section className="section notice" role="alert">
      <p className="sentence">{notice.text}</p>
      {notice.remedy !== undefined && <p className="hint">{notice.remedy}</p>}
      <div className="row">
        <ActionButton quiet onPress={panel.dismiss}>
          {words.notice.ok}
        </ActionButton>
      </div>
    </section>
  )
}
