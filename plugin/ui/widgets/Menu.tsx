import { useRef } from 'react'
import { type ListElement, useHostEvent } from './host-element.ts'

/** The host's list of things to choose from, in place: nothing in UXP can lie over a text field. */
export function Menu({
  items,
  onChoose,
}: {
  readonly items: readonly string[]
  readonly onChoose: (at: number) => void
}) {
  const ref = useRef<HTMLElement>(null)
  useHostEvent(ref, 'change', () => {
    const at = (ref.current as ListElement | null)?.selectedIndex ?? -1
    if (items[at] !== undefined) onChoose(at)
  })
  return (
    <sp-menu ref={ref} class="menu">
      {items.map((item, at) => (
        // Two prompts that begin alike are shortened to the same words.
        <sp-menu-item key={String(at)}>{item}</sp-menu-item>
      ))}
    </sp-menu>
  )
}
