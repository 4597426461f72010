import { useEffect, useRef } from 'react'
import { type ListElement, useHostEvent } from './host-element.ts'
import { useKeptFocus } from './kept-focus.ts'

interface PickerProps<Choice extends string> {
  /** The name of the list; seen only by those who cannot see the rest. */
  readonly label: string
  /** What can be chosen, and how it is called. */
  readonly choices: Readonly<Partial<Record<Choice, string>>>
  readonly value: Choice
  readonly onChoose: (choice: Choice) => void
}

/** One of a few choices, in the host's own drop-down list. */
export function Picker<Choice extends string>({ label, choices, value, onChoose }: PickerProps<Choice>) {
  const ref = useRef<HTMLElement>(null)
  const names = Object.keys(choices) as Choice[]
  const at = names.indexOf(value)
  useEffect(() => {
    const element = ref.current as ListElement | null
    if (element !== null && element.selectedIndex !== at) element.selectedIndex = at
  }, [at])
  useKeptFocus(ref)
  useHostEvent(ref, 'change', () => {
    const chosen = names[(ref.current as ListElement | null)?.selectedIndex ?? -1]
    if (chosen !== undefined && chosen !== value) onChoose(chosen)
  })
  return (
    <sp-picker ref={ref} size="s" class="picker">
      <sp-label slot="label" class="unseen">
        {label}
      </sp-label>
      <sp-menu slot="options">
        {names.map((name) => (
          <sp-menu-item key={name} {...(name === value ? { selected: true } : {})}>
            {choices[name]}
          </sp-menu-item>
        ))}
      </sp-menu>
    </sp-picker>
  )
}
