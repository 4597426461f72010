import { useEffect, useState } from 'react'
import type { CompanionFacts } from '../state/companion-facts.ts'
import { CompanionSettings } from './CompanionSettings.tsx'
import { ModelChoice } from './ModelChoice.tsx'
import { isWanting } from './models.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { words } from './words/words.ts'

/** The model, and what the companion has to work with. */
export function Settings() {
  const panel = usePanel()
  const { companion, recipe } = usePanelState()
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
      <ModelChoice
        label={words.settings.model}
        models={models.filter((model) => model.role === 'checkpoint' && !isWanting(model))}
        value={recipe.checkpoint}
        onChoose={(checkpoint) => panel.change({ checkpoint })}
      />
      {models.filter(isWanting).map((model) => (
        <p className="hint" key={`${model.role} ${model.name}`}>
          {words.settings.needs(model.name, model.missing ?? [])}
        </p>
      ))}
      <CompanionSettings facts={facts} onChanged={setFacts} />
    </div>
  )
}
