import { useRef } from 'react'
import type { PanelState } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { ReferenceCard } from './ReferenceCard.tsx'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'

/** What the next picture will look like: a card for each reference, and the way to add one. */
export function References() {
  const { references } = usePanel()
  const { recipe, cards, selection, notice } = usePanelState()
  const add = useRef<{ focus(): void }>(null)
  const count = selection.kind === 'layers' ? selection.layers.length : 1
  return (
    <section className="section">
      <h2 className="heading">Like this</h2>
      {recipe.references.length === 0 && (
        <div className="card">
          <div className="picture" />
          <div className="card-side">
            <p className="name">No layer yet</p>
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
        <ActionButton
          focus={add}
          onPress={() => void references.add()}
          title="Take the pictures of what is selected in Photoshop"
        >
          {count === 1 ? '+ Use selected layer' : `+ Use ${count} selected layers`}
        </ActionButton>
        <ActionButton onPress={() => void references.addFile()} title="Take the picture of a PNG, JPEG or WebP file">
          + File…
        </ActionButton>
      </div>
      {notice?.about !== 'selection' && <p className="hint">{hint(selection, cards)}</p>}
    </section>
  )
}

function hint(selection: PanelState['selection'], cards: PanelState['cards']): string {
  switch (selection.kind) {
    case 'no-document':
      return 'Open a document and select a layer.'
    case 'unusable':
      return selection.why
    case 'layers': {
      const [first, ...others] = selection.layers
      if (first === undefined || others.length > 0) return ''
      const isUsed = Object.values(cards).some(({ capture }) => capture.layer?.layerId === first.layer.layerId)
      const name = `“${shortened(first.name)}”`
      if (first.isPart) return `Part of ${name} is selected.`
      if (isUsed) return ''
      return first.isGroup ? `${name} is selected: a group, as one picture.` : `${name} is selected.`
    }
  }
}
