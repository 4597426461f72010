import type { ModelRecord } from '../../shared/protocol.ts'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

interface ModelChoiceProps {
  readonly label: string
  readonly models: readonly ModelRecord[]
  /** The chosen one's name; undefined leaves the choice to the companion. */
  readonly value: string | undefined
  readonly onChoose: (name: string | undefined) => void
}

/** One of some models, and the companion's own choice before them; one that was chosen and is gone still stands there. */
export function ModelChoice({ label, models, value, onChoose }: ModelChoiceProps) {
  const found = models.map(({ name }) => name)
  const names = new Set([...found, ...(value === undefined ? [] : [value])])
  const choices = Object.fromEntries([
    ['', words.settings.companionChooses],
    ...[...names].map((name) => [name, found.includes(name) ? name : words.settings.notFound(name)]),
  ]) as Record<string, string>
  return (
    <Picker
      label={label}
      choices={choices}
      value={value ?? ''}
      onChoose={(name) => onChoose(name === '' ? undefined : name)}
    />
  )
}
