import { useEffect, useState } from 'react'
import type { ModelRecord } from '../../shared/protocol.ts'
import type { CompanionFacts } from '../state/companion-facts.ts'
import { CompanionSettings } from './CompanionSettings.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

/** The model, and what the companion has to work with. */
export function Settings() {
  const panel = usePanel()
  const { companion } = usePanelState()
  const [facts, setFacts] = useState<CompanionFacts>()
  useEffect(() => {
    let isShown = true
    void panel.facts().then((found) => isShown && setFacts(found))
    return () => void (isShown = false)
  }, [panel])
  if (companion.kind !== 'ready') return <p className="hint">{words.settings.noCompanion}</p>
  if (facts === undefined) return <p className="hint">{words.settings.asking}</p>
  const { models } = facts
  return (
    <div className="more">
      <span>{words.settings.model}</span>
      <ModelPicker models={models} />
      {models.filter(isWanting).map((model) => (
        <p className="hint" key={`${model.role} ${model.name}`}>
          {words.settings.needs(model.name, model.missing ?? [])}
        </p>
      ))}
      <CompanionSettings facts={facts} onChanged={setFacts} />
    </div>
  )
}

/** Every whole checkpoint, and the companion's own choice before them. */
function ModelPicker({ models }: { readonly models: readonly ModelRecord[] }) {
  const panel = usePanel()
  const { checkpoint } = usePanelState().recipe
  const usable = models.filter((model) => model.role === 'checkpoint' && !isWanting(model)).map(({ name }) => name)
  const names = new Set([...usable, ...(checkpoint === undefined ? [] : [checkpoint])])
  const choices = Object.fromEntries([
    ['', words.settings.companionChooses],
    ...[...names].map((name) => [name, usable.includes(name) ? name : words.settings.notFound(name)]),
  ]) as Record<string, string>
  return (
    <Picker
      label={words.settings.model}
      choices={choices}
      value={checkpoint ?? ''}
      onChoose={(name) => panel.change({ checkpoint: name === '' ? undefined : name })}
    />
  )
}

const isWanting = ({ missing = [] }: ModelRecord): boolean => missing.length > 0
