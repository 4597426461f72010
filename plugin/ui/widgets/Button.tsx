import { type ReactNode, type Ref, type RefObject, useImperativeHandle, useRef } from 'react'
import { useHostEvent } from './host-element.ts'
import { useKeptFocus } from './kept-focus.ts'

interface ButtonProps {
  readonly children: ReactNode
  readonly onPress: () => void
  /** Lets others move the keyboard's focus here. */
  readonly focus?: Ref<{ focus(): void }>
}

/** What every button does: it is pressed, has the keyboard's focus put on it, and leaves that in place when it goes. */
function useButton({ onPress, focus }: Omit<ButtonProps, 'children'>): RefObject<HTMLElement | null> {
  const ref = useRef<HTMLElement>(null)
  useKeptFocus(ref)
  useImperativeHandle(focus, () => ({ focus: () => ref.current?.focus() }))
  useHostEvent(ref, 'click', (event) => {
    // The second click of a double one must not undo, or do again, what the first began; not every host has the same
    // classes of events.
    if (((event as Partial<UIEvent>).detail ?? 0) > 1) return
    onPress()
  })
  return ref
}

/** The one thing to do next (`cta`), or its way back (`secondary`); as wide as the panel. */
export function Button({ children, variant, ...button }: ButtonProps & { readonly variant: 'cta' | 'secondary' }) {
  const ref = useButton(button)
  return (
    <sp-button ref={ref} variant={variant} class="wide-button">
      {children}
    </sp-button>
  )
}

interface ActionButtonProps extends ButtonProps {
  readonly title?: string
  readonly quiet?: boolean
  /** What a button that shows only a sign is called. */
  readonly name?: string
  /** Whether what the button opens is open; absent for one that opens nothing. */
  readonly open?: boolean
  /** Whether what it stands for is chosen; absent for one that chooses nothing. */
  readonly chosen?: boolean
}

/** React leaves what is true without a word where it does not know the element. */
const flag = (value: boolean): 'true' | 'false' => (value ? 'true' : 'false')

/** A small button beside what it acts on. */
export function ActionButton({ children, title, quiet, name, open, chosen, ...button }: ActionButtonProps) {
  const ref = useButton(button)
  const help = title ?? name
  return (
    <sp-action-button
      ref={ref}
      size="s"
      {...(quiet ? { quiet } : {})}
      {...(help === undefined ? {} : { title: help })}
      {...(name === undefined ? {} : { 'aria-label': name })}
      {...(open === undefined ? {} : { 'aria-expanded': flag(open) })}
      {...(chosen === undefined ? {} : { 'aria-pressed': flag(chosen) })}
    >
      {children}
    </sp-action-button>
  )
}
