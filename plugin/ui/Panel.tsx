import { useRef } from 'react'
import type { Panel as PanelModel } from '../state/panel.ts'
import { CompanionHelp } from './Companion.tsx'
import { Earlier } from './Earlier.tsx'
import { Imprint } from './Imprint.tsx'
import { HostIsBusy, Notice } from './Notice.tsx'
import { PanelProvider } from './panel-context.ts'
import { Prompt } from './Prompt.tsx'
import { Queue } from './Queue.tsx'
import { Recalled, UpdateLayer } from './Recalled.tsx'
import { References } from './References.tsx'
import { Result } from './Result.tsx'
import { StatusLine } from './StatusLine.tsx'
import { Sweep } from './Sweep.tsx'
import { isTaken } from './takes-escape.ts'
import { Where } from './Where.tsx'
import { Variations } from './Variations.tsx'
import { useHostEvent } from './widgets/host-element.ts'
import { isKeyEvent } from './widgets/key-event.ts'

/** The whole panel. Ctrl or Cmd with Enter makes a picture, Escape stops. */
export function Panel({ panel }: { readonly panel: PanelModel }) {
  const ref = useRef<HTMLDivElement>(null)
  const onKey = (event: Event): void => {
    if (!isKeyEvent(event) || event.isComposing) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      // A key held down asks once.
      if (!event.repeat) void panel.imprint()
    }
    if (event.key === 'Escape' && panel.state().run !== undefined && !isTaken(event)) {
      event.preventDefault()
      panel.cancel()
    }
  }
  useHostEvent(ref, 'keydown', onKey, true)
  return (
    <PanelProvider value={panel}>
      <div className="panel" ref={ref}>
        <CompanionHelp />
        <Recalled />
        <References />
        <Prompt />
        <Where />
        <Imprint />
        <UpdateLayer />
        <HostIsBusy />
        <Notice />
        <Result />
        <Sweep />
        <Variations />
        <Queue />
        <Earlier />
        <StatusLine />
      </div>
    </PanelProvider>
  )
}
