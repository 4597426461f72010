import { useRef, useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'
import { useHostEvent } from './widgets/host-element.ts'

/** Prompts under names, with all that belongs to them but the references: to take again, rename or delete. */
export function Presets() {
  const { presets } = usePanelState()
  const [open, setOpen] = useState(false)
  return (
    <div>
      <div className="row flush">
        <ActionButton quiet open={open} onPress={() => setOpen(!open)}>
          {open ? '− Presets' : '+ Presets'}
        </ActionButton>
      </div>
      {open && (
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
      )}
    </div>
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
        label="Name of the preset"
        value={name}
        placeholder="A name for this prompt"
        onInput={setName}
        onEnter={save}
      />
      <ActionButton onPress={save} title="Keep the prompt and all that belongs to it but the references">
        {known.some((preset) => preset.name === name.trim()) ? 'Replace' : 'Save'}
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
        <div className="title" role="listitem">
          <div className="grows">
            <ActionButton quiet title={`Take “${name}” again`} onPress={() => presets.apply(name)}>
              {shortened(name, LONGEST)}
            </ActionButton>
          </div>
          <ActionButton quiet name={`Rename ${name}`} onPress={() => setDoing('renaming')}>
            Rename
          </ActionButton>
          <ActionButton quiet name={`Delete ${name}`} onPress={() => setDoing('deleting')}>
            ×
          </ActionButton>
        </div>
      )
    case 'renaming':
      return (
        <div className="row" role="listitem">
          <NameField label={`New name of ${name}`} value={next} onInput={setNext} onEnter={rename} />
          <ActionButton onPress={rename}>Rename</ActionButton>
        </div>
      )
    case 'deleting':
      return (
        <div className="row wraps" role="listitem">
          <p className="hint grows">{`Delete “${shortened(name, LONGEST)}”?`}</p>
          <ActionButton onPress={() => presets.remove(name)}>Delete</ActionButton>
          <ActionButton quiet onPress={() => setDoing('nothing')}>
            Keep
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
    if (!(event instanceof KeyboardEvent) || event.isComposing || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter') onEnter()
  })
  return (
    <div className="grows" ref={ref}>
      <TextField {...field} />
    </div>
  )
}

const LONGEST = 24
