import { useRef, useState } from 'react'
import { Disclosure } from './Disclosure.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'
import { useHostEvent } from './widgets/host-element.ts'
import { words } from './words/words.ts'
import { isKeyEvent } from './widgets/key-event.ts'

/** Prompts under names, with all that belongs to them but the references: to take again, rename or delete. */
export function Presets() {
  const { presets } = usePanelState()
  return (
    <Disclosure heading={words.presets.heading}>
      <div className="more">
        {presets.length > 0 && (
          <div role="list">
            {presets.map(({ name }) => (
              <PresetLine key={name} name={name} />
            ))}
          </div>
        )}
        <NewPreset />
      </div>
    </Disclosure>
  )
}

/** The way to keep what is being edited. */
function NewPreset() {
  const { presets } = usePanel()
  const known = usePanelState().presets
  const [name, setName] = useState('')
  const save = (): void => {
    presets.save(name)
    setName('')
  }
  return (
    <div className="row">
      <NameField
        label={words.presets.name}
        value={name}
        placeholder={words.presets.nameExample}
        onInput={setName}
        onEnter={save}
      />
      <ActionButton onPress={save} title={words.presets.saveHelp}>
        {known.some((preset) => preset.name === name.trim()) ? words.presets.replace : words.presets.save}
      </ActionButton>
    </div>
  )
}

/** One preset; what cannot be undone asks once. */
function PresetLine({ name }: { readonly name: string }) {
  const { presets } = usePanel()
  const [doing, setDoing] = useState<'nothing' | 'renaming' | 'deleting'>('nothing')
  const [next, setNext] = useState(name)
  const rename = (): void => {
    setDoing('nothing')
    presets.rename(name, next)
  }
  switch (doing) {
    case 'nothing':
      return (
        <div className="title flush" role="listitem">
          <div className="grows shrinks">
            <ActionButton quiet title={words.presets.takeHelp(name)} onPress={() => presets.apply(name)}>
              {shortened(name, LONGEST)}
            </ActionButton>
          </div>
          <ActionButton quiet name={words.presets.renameOne(name)} onPress={() => setDoing('renaming')}>
            {words.presets.rename}
          </ActionButton>
          <ActionButton quiet name={words.presets.removeOne(name)} onPress={() => setDoing('deleting')}>
            ×
          </ActionButton>
        </div>
      )
    case 'renaming':
      return (
        <div className="row" role="listitem">
          <NameField label={words.presets.newName(name)} value={next} onInput={setNext} onEnter={rename} />
          <ActionButton onPress={rename}>{words.presets.rename}</ActionButton>
        </div>
      )
    case 'deleting':
      return (
        <div className="row wraps" role="listitem">
          <p className="hint grows">{words.presets.removeQuestion(shortened(name, LONGEST))}</p>
          <ActionButton onPress={() => presets.remove(name)}>{words.presets.remove}</ActionButton>
          <ActionButton quiet onPress={() => setDoing('nothing')}>
            {words.presets.keep}
          </ActionButton>
        </div>
      )
  }
}

interface NameFieldProps {
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly onInput: (text: string) => void
  readonly onEnter: () => void
}

/** A field for a name, which is meant once Enter is pressed: whoever leaves the field may still think of another. */
function NameField({ onEnter, ...field }: NameFieldProps) {
  const ref = useRef<HTMLDivElement>(null)
  useHostEvent(ref, 'keydown', (event) => {
    if (!isKeyEvent(event) || event.isComposing || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter') onEnter()
  })
  return (
    <div className="grows" ref={ref}>
      <TextField {...field} />
    </div>
  )
}

const LONGEST = 24
