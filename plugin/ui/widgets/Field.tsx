import { useEffect, useRef, useState } from 'react'
import { useHostEvent, useHostValue, valueOf } from './host-element.ts'
import { linesIn } from './text-lines.ts'

interface FieldProps {
  /** The name of the field; seen only by those who cannot see the rest. */
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly onInput?: (text: string) => void
}

const LINE = 18
/** Pixels above and below the lines. */
const MARGINS = 14

/** A field that grows from `least` to `most` lines with its text. */
export function TextArea({
  label,
  value,
  placeholder,
  onInput,
  least,
  most,
}: FieldProps & { readonly least: number; readonly most: number }) {
  const ref = useRef<HTMLElement>(null)
  useHostValue(ref, value)
  useHostEvent(ref, 'input', (event) => onInput?.(valueOf(event)))
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const lines = Math.min(most, Math.max(least, linesIn(value, element.offsetWidth)))
    element.style.height = `${lines * LINE + MARGINS}px`
  }, [value, least, most])
  return (
    <sp-textarea ref={ref} class="text-area" {...(placeholder === undefined ? {} : { placeholder })}>
      <sp-label slot="label" class="unseen">
        {label}
      </sp-label>
    </sp-textarea>
  )
}

interface TextFieldProps extends FieldProps {
  /** Without a frame of its own. */
  readonly quiet?: boolean
  /** The text when the person leaves the field or presses Enter; the field then shows `value` again, whatever that is. */
  readonly onCommit?: (text: string) => void
}

/** A field of one line. */
export function TextField({ label, value, placeholder, quiet, onInput, onCommit }: TextFieldProps) {
  const ref = useRef<HTMLElement>(null)
  const [commits, setCommits] = useState(0)
  useHostValue(ref, value, commits)
  useHostEvent(ref, 'input', (event) => onInput?.(valueOf(event)))
  useHostEvent(ref, 'change', (event) => {
    onCommit?.(valueOf(event))
    setCommits(commits + 1)
  })
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
