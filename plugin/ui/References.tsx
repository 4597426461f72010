import { useRef } from 'react'
import type { PanelState } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { ReferenceCard } from './ReferenceCard.tsx'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** What the next picture will look like: a card for each reference, and the way to add one. */
export function References() {
  const { references } = usePanel()
  const { recipe, cards, selection, notice } = usePanelState()
  const add = useRef<{ focus(): void }>(null)
  const count = selection.kind === 'layers' ? selection.layers.length : 1
  return (
    <section className="section">
      <h2 className="heading">{words.references.heading}</h2>
      {recipe.references.length === 0 && (
        <div className="card">
          <div className="picture" />
          <div className="card-side">
            <p className="name">{words.references.none}</p>
          </div>
        </div>
      )}
      {recipe.references.map((reference) => {
        const card = cards[reference.image]
        if (card === undefined) return null
        const remove = (): void => {
          references.remove(reference.image)
          add.current?.focus()
        }
        return <ReferenceCard key={reference.image} reference={reference} card={card} onRemove={remove} />
      })}
      <div className="row wraps">
        <ActionButton focus={add} onPress={() => void references.add()} title={words.references.addHelp}>
          {words.references.add(count)}
        </ActionButton>
        <ActionButton onPress={() => void references.addFile()} title={words.references.addFileHelp}>
          {words.references.addFile}
        </ActionButton>
      </div>
      {notice?.about !== 'selection' && <p className="hint">{hint(selection, cards)}</p>}
    </section>
  )
}

function hint(selection: PanelState['selection'], cards: PanelState['cards']): string {
  switch (selection.kind) {
    case 'no-document':
      return words.references.noDocument
    case 'unusable':
      return selection.why
    case 'layers': {
      const [first, ...others] = selection.layers
      if (first === undefined || others.length > 0) return ''
      const isUsed = Object.values(cards).some(({ capture }) => capture.layer?.layerId === first.layer.layerId)
      const name = shortened(first.name)
      if (first.isPart) return words.references.partSelected(name)
      if (isUsed) return ''
      return first.isGroup ? words.references.groupSelected(name) : words.references.layerSelected(name)
    }
  }
}
