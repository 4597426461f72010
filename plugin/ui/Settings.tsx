import { type ReactNode, useEffect, useState } from 'react'
import type { ModelRecord } from '../../shared/protocol.ts'
import type { CompanionFacts } from '../state/companion-facts.ts'
import { bytesInWords } from './bytes.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
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
  const { models, about } = facts
  const [folder = ''] = about.folders
  return (
    <div className="more">
      <span>{words.settings.model}</span>
      <ModelPicker models={models} />
      {models.filter(isWanting).map((model) => (
        <p className="hint" key={`${model.role} ${model.name}`}>
          {words.settings.needs(model.name, model.missing ?? [])}
        </p>
      ))}
      <Fact name={words.settings.folder} says={folder} isPath>
        <ActionButton onPress={() => void panel.copy(folder)} title={words.settings.copyFolder}>
          {words.settings.copy}
        </ActionButton>
      </Fact>
      <Fact
        name={words.settings.device}
        says={companion.device?.reason ?? words.settings.deviceUnknown}
        hint={words.settings.changeDevice}
      />
      <Fact
        name={words.settings.memory}
        says={words.settings.free(bytesInWords(about.memory.free), bytesInWords(about.memory.total))}
      />
      <Fact
        name={words.settings.earlier}
        says={words.settings.room(
          about.space.pictures,
          bytesInWords(about.space.bytes),
          bytesInWords(about.space.quota),
        )}
        hint={words.settings.changeRoom}
      />
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

interface FactProps {
  readonly name: string
  readonly says: string
  readonly hint?: string
  readonly isPath?: boolean
  readonly children?: ReactNode
}

function Fact({ name, says, hint, isPath, children }: FactProps) {
  return (
    <div>
      <div className="row">
        <span className="grows">{name}</span>
        {children}
      </div>
      <p className={isPath ? 'sentence breaks' : 'sentence'}>{says}</p>
      {hint !== undefined && <p className="hint">{hint}</p>}
    </div>
  )
}

const isWanting = ({ missing = [] }: ModelRecord): boolean => missing.length > 0
