import { type ReactNode, useState } from 'react'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

interface DisclosureProps {
  readonly heading: string
  /** What is said while it is closed. */
  readonly closed?: string | undefined
  readonly children: ReactNode
}

/** What is seldom needed, closed at first; closed, it may say what is in it. */
export function Disclosure({ heading, closed = '', children }: DisclosureProps) {
  const [open, setOpen] = useState(false)
  return (
    <div>
      <div className="row flush">
        <ActionButton quiet open={open} onPress={() => setOpen(!open)}>
          {words.opens(heading, open)}
        </ActionButton>
      </div>
      {open ? children : closed !== '' && <p className="hint">{closed}</p>}
    </div>
  )
}
