import { type DraftLora, LORA, MOST_LORAS } from '../state/draft.ts'
import { Amount } from './Amount.tsx'
import { Disclosure } from './Disclosure.tsx'
import { useModels } from './models.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

/** What changes the model itself: closed at first, and then it names what is added. */
export function Loras() {
  const { loras = [] } = usePanelState().recipe
  return (
    <Disclosure heading={words.loras.heading} closed={words.loras.names(loras.map(({ file }) => shortened(file)))}>
      <List loras={loras} />
    </Disclosure>
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
      <Amount
        label={words.loras.weightOf(file)}
        numberLabel={words.loras.weightNumberOf(file)}
        range={LORA}
        value={weight}
        onMove={onMove}
      />
      <div className="row">
        <ActionButton onPress={onRemove} title={words.loras.removeOf(file)}>
          {words.loras.remove}
        </ActionButton>
      </div>
    </div>
  )
}
