import { useState } from 'react'
import { type DraftLora, LORA, MOST_LORAS } from '../state/draft.ts'
import { useModels } from './models.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { NumberField } from './widgets/NumberField.tsx'
import { Picker } from './widgets/Picker.tsx'
import { Slider } from './widgets/Slider.tsx'
import { words } from './words/words.ts'

/** The host's slider knows whole numbers only. */
const PER_ONE = 100

/** What changes the model itself: closed at first, and then it names what is added. */
export function Loras() {
  const { loras = [] } = usePanelState().recipe
  const [open, setOpen] = useState(false)
  return (
    <div>
      <div className="row flush">
        <ActionButton quiet open={open} onPress={() => setOpen(!open)}>
          {words.opens(words.loras.heading, open)}
        </ActionButton>
      </div>
      {open ? (
        <List loras={loras} />
      ) : (
        loras.length > 0 && <p className="hint">{words.loras.names(loras.map(({ file }) => shortened(file)))}</p>
      )}
    </div>
  )
}

function List({ loras }: { readonly loras: readonly DraftLora[] }) {
  const panel = usePanel()
  const found = useModels('lora')
  const others = (found ?? []).filter(({ name }) => !loras.some(({ file }) => file === name))
  const put = (next: readonly DraftLora[]): void => panel.change({ loras: next })
  return (
    <div className="more">
      {loras.map((lora) => (
        <Added
          key={lora.file}
          lora={lora}
          onMove={(weight) => put(loras.map((one) => (one.file === lora.file ? { ...one, weight } : one)))}
          onRemove={() => put(loras.filter((one) => one.file !== lora.file))}
        />
      ))}
      {others.length > 0 && loras.length < MOST_LORAS && (
        // Once something was chosen it is another list, which says again what it is for.
        <Picker
          key={loras.length}
          label={words.loras.add}
          choices={{ '': words.loras.add, ...Object.fromEntries(others.map(({ name }) => [name, name])) }}
          value=""
          onChoose={(file: string) => put([...loras, { file, weight: LORA.usual }])}
        />
      )}
      {found?.length === 0 && <p className="hint">{words.loras.none}</p>}
    </div>
  )
}

interface AddedProps {
  readonly lora: DraftLora
  readonly onMove: (weight: number) => void
  readonly onRemove: () => void
}

function Added({ lora: { file, weight }, onMove, onRemove }: AddedProps) {
  return (
    <div>
      <div className="measure">
        <Slider
          label={words.loras.weightOf(file)}
          min={LORA.least * PER_ONE}
          max={LORA.most * PER_ONE}
          value={Math.round(weight * PER_ONE)}
          keyStep={{ plain: 5, shift: 1 }}
          onMove={(value) => onMove(value / PER_ONE)}
        />
        <NumberField
          label={words.loras.weightNumberOf(file)}
          digits={2}
          min={LORA.least}
          max={LORA.most}
          usual={LORA.usual}
          value={weight}
          keyStep={{ plain: 0.05, shift: 0.01 }}
          onMove={(value) => onMove(Math.round(value * PER_ONE) / PER_ONE)}
        />
      </div>
      <div className="row">
        <ActionButton onPress={onRemove} title={words.loras.removeOf(file)}>
          {words.loras.remove}
        </ActionButton>
      </div>
    </div>
  )
}
