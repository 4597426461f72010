import type { ReactNode } from 'react'

interface FactProps {
  readonly name: string
  readonly says: string
  readonly hint?: string | undefined
  readonly isPath?: boolean
  /** What can be done about it, beside its name. */
  readonly action?: ReactNode
  /** What it is changed with, below it. */
  readonly children?: ReactNode
}

/** Something the companion tells of itself, and what it is changed with. */
export function Fact({ name, says, hint, isPath, action, children }: FactProps) {
  return (
    <div>
      <div className="row">
        <span className="grows">{name}</span>
        {action}
      </div>
      <p className={isPath ? 'sentence breaks' : 'sentence'}>{says}</p>
      {children}
      {hint !== undefined && <p className="hint">{hint}</p>}
    </div>
  )
}
