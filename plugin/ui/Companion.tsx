import { useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'
import { words } from './words/words.ts'

const START = 'npm run imprint -- serve'
const DIGITS = /^\d{6}$/

/** Shown as long as the companion cannot be used: what is missing, and the one thing to do. */
export function CompanionHelp() {
  const { companion } = usePanelState()
  if (companion.kind === 'ready' || companion.kind === 'connecting') return null
  return (
    <section className="section notice" aria-label={words.companion.name}>
      <p className="sentence" role="status">
        {companion.message}
      </p>
      {companion.kind === 'absent' && <Starting />}
      {companion.kind === 'unpaired' && <Pairing />}
    </section>
  )
}

/** The one line that starts a companion, to be copied. */
function Starting() {
  const panel = usePanel()
  const [copied, setCopied] = useState<boolean>()
  return (
    <>
      <p className="hint">{words.companion.runThis}</p>
      <TextField label={words.companion.line} value={START} onCommit={() => undefined} />
      <div className="row">
        <ActionButton onPress={() => void panel.copy(START).then(setCopied)}>{words.companion.copyLine}</ActionButton>
        <p className="sentence beside" role="status">
          {copied === undefined ? '' : copied ? words.companion.copied : words.companion.notCopied}
        </p>
      </div>
    </>
  )
}

/** One short number, typed once. */
function Pairing() {
  const panel = usePanel()
  const [number, setNumber] = useState('')
  const pair = (text: string): void => {
    const digits = text.replace(/[\s-]/g, '')
    if (!DIGITS.test(digits)) return
    setNumber('')
    panel.pair(digits)
  }
  return (
    <div className="row">
      <div className="grows">
        <TextField
          label={words.companion.number}
          value={number}
          placeholder="123 456"
          onInput={setNumber}
          onCommit={pair}
        />
      </div>
      <ActionButton onPress={() => pair(number)}>{words.companion.pair}</ActionButton>
    </div>
  )
}
