import { useRef } from 'react'
import { useHostEvent, useHostValue, valueOf } from './host-element.ts'

interface FieldProps {
  /** The name of the field; seen only by those who cannot see the rest. */
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly onInput?: (text: string) => void
  /** Without a frame of its own. */
  readonly quiet?: boolean
  /** The text when the person leaves the field or presses Enter. */
  readonly onCommit?: (text: string) => void
}

/** A field of several lines. */
export function TextArea({ label, value, placeholder, onInput }: FieldProps) {
  const ref = useRef<HTMLElement>(null)
  useHostValue(ref, value)
  useHostEvent(ref, 'input', (event) => onInput?.(valueOf(event)))
  return (
    <sp-textarea ref={ref} class="text-area" {...(placeholder === undefined ? {} : { placeholder })}>
      <sp-label slot="label" class="unseen">
        {label}
      </sp-label>
    </sp-textarea>
  )
}

/** A field of one line. */
export function TextField({ label, value, placeholder, quiet, onInput, onCommit }: FieldProps) {
  const ref = useRef<HTMLElement>(null)
  useHostValue(ref, value)
  useHostEvent(ref, 'input', (event) => onInput?.(valueOf(event)))
  useHostEvent(ref, 'change', (event) => onCommit?.(valueOf(event)))
  return (
    <sp-textfield
      ref={ref}
      class="text-field"
      {...(quiet ? { quiet } : {})}
      {...(placeholder === undefined ? {} : { placeholder })}
    >
      <sp-label slot="label" class="unseen">
        {label}
      </sp-label>
    </sp-textfield>
  )
}
