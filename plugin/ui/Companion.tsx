import { useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'

/** Shown as long as the companion cannot be used: what is missing, and the one thing to do. */
export function CompanionHelp() {
  const { companion } = usePanelState()
  if (companion.kind === 'ready' || companion.kind === 'connecting') return null
  return (
    <section className="section notice" role="status">
      <p className="sentence">{companion.message}</p>
      {companion.kind === 'unpaired' && <Pairing />}
    </section>
  )
}

function Pairing() {
  const panel = usePanel()
  const [code, setCode] = useState('')
  const pair = (text: string): void => {
    if (text.trim() !== '') panel.pair(text.trim())
  }
  return (
    <div className="row">
      <div className="grows">
        <TextField label="Pairing code" value={code} placeholder="ABCD-EFGH-JKLM-NPQR" onInput={setCode} />
      </div>
      <ActionButton onPress={() => pair(code)}>Pair</ActionButton>
    </div>
  )
}

/** One line about the companion: whether it is there and where it computes. */
export function StatusLine() {
  const { companion } = usePanelState()
  if (companion.kind !== 'ready') {
    return (
      <footer className="status">
        <span className="dot" />
        {companion.kind === 'connecting' ? 'Looking for the companion…' : 'No companion'}
      </footer>
    )
  }
  const { device } = companion
  const where = device === undefined ? '' : ` · ${device.device === 'cpu' ? 'CPU' : 'WebGPU'}`
  return (
    <footer className="status" {...(device === undefined ? {} : { title: device.reason })}>
      <span className="dot dot-ready" />
      {`Ready${where}`}
    </footer>
  )
}
