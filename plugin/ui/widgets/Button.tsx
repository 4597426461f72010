import { type ReactNode, useRef } from 'react'
import { useHostEvent } from './host-element.ts'

interface ButtonProps {
  readonly children: ReactNode
  readonly onPress: () => void
  readonly title?: string
}

/** The one thing to do next (`cta`), or its way back (`secondary`); as wide as the panel. */
export function Button({ children, onPress, variant }: ButtonProps & { readonly variant: 'cta' | 'secondary' }) {
  const ref = useRef<HTMLElement>(null)
  useHostEvent(ref, 'click', (event) => {
    // The second click of a double one must not undo what the first began.
    if (event instanceof UIEvent && event.detail > 1) return
    onPress()
  })
  return (
    <sp-button ref={ref} variant={variant} class="wide-button">
      {children}
    </sp-button>
  )
}

/** A small button beside what it acts on. */
export function ActionButton({ children, onPress, title, quiet }: ButtonProps & { readonly quiet?: boolean }) {
  const ref = useRef<HTMLElement>(null)
  useHostEvent(ref, 'click', onPress)
  return (
    <sp-action-button ref={ref} {...(quiet ? { quiet } : {})} {...(title === undefined ? {} : { title })}>
      {children}
    </sp-action-button>
  )
}
