import { useState } from 'react'
import type { PanelState } from '../state/state.ts'
import { usePanelState } from './panel-context.ts'
import { Settings } from './Settings.tsx'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** One line about the companion, whether it is there and where it computes, and what is seldom changed under a disclosure. */
export function StatusLine() {
  const { companion } = usePanelState()
  const [open, setOpen] = useState(false)
  const isReady = companion.kind === 'ready'
  return (
    <footer>
      <div className="status">
        <span className={isReady ? 'dot dot-ready' : 'dot'} />
        <span className="grows" role="status">
          {stateInWords(companion)}
        </span>
        <ActionButton quiet open={open} onPress={() => setOpen(!open)}>
          {words.settings.name}
        </ActionButton>
      </div>
      {open && <Settings key={companion.kind} />}
    </footer>
  )
}

function stateInWords(companion: PanelState['companion']): string {
  if (companion.kind === 'connecting') return words.companion.looking
  if (companion.kind !== 'ready') return words.companion.none
  const { device } = companion
  return words.companion.ready(
    device === undefined ? '' : device.device === 'cpu' ? words.companion.cpu : words.companion.gpu,
  )
}
