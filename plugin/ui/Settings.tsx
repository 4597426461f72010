import { type ReactNode, useEffect, useState } from 'react'
import type { ModelRecord } from '../../shared/protocol.ts'
import type { CompanionFacts } from '../state/companion-facts.ts'
import { bytesInWords } from './bytes.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'

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
  if (companion.kind !== 'ready') return <p className="hint">The companion says more once it is there.</p>
  if (facts === undefined) return <p className="hint">Asking the companion…</p>
  const { models, about } = facts
  const [folder = ''] = about.folders
  return (
    <div className="more">
      <span>Model</span>
      <ModelPicker models={models} />
      {models.filter(isWanting).map((model) => (
        <p className="hint" key={`${model.role} ${model.name}`}>
          {`${model.name} needs ${(model.missing ?? []).join(' and ')}.`}
        </p>
      ))}
      <Fact name="Models folder" says={folder} isPath>
        <ActionButton onPress={() => void panel.copy(folder)} title="Copy the folder’s path">
          Copy
        </ActionButton>
      </Fact>
      <Fact
        name="Device"
        says={companion.device?.reason ?? 'Not known yet.'}
        hint="Start the companion with --device cpu or webgpu to change it."
      />
      <Fact name="Memory" says={`${bytesInWords(about.memory.free)} of ${bytesInWords(about.memory.total)} free`} />
      <Fact
        name="Earlier pictures"
        says={`${about.space.pictures} take ${bytesInWords(about.space.bytes)} of ${bytesInWords(about.space.quota)}`}
        hint="Start the companion with --quota to change it."
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
    ['', 'The companion chooses'],
    ...[...names].map((name) => [name, usable.includes(name) ? name : `${name} (not found)`]),
  ]) as Record<string, string>
  return (
    <Picker
      label="Model"
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
