import type { PanelState } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { Weight } from './Weight.tsx'
import { ActionButton } from './widgets/Button.tsx'

/** What the next picture will look like, and how much. */
export function Reference() {
  const panel = usePanel()
  const { reference, selection, notice } = usePanelState()
  return (
    <section className="section">
      <h2 className="heading">Like this</h2>
      <div className="card">
        {reference === undefined ? (
          <div className="picture" />
        ) : (
          <img className="picture" src={reference.thumbnail} alt={`Reference: ${reference.name}`} />
        )}
        <div className="card-side">
          <p className="name">{reference?.name ?? 'No layer yet'}</p>
          <Weight />
        </div>
      </div>
      <div className="row">
        <ActionButton
          onPress={() => void panel.useSelectedLayer()}
          title="Take the picture of the layer selected in Photoshop"
        >
          Use selected layer
        </ActionButton>
      </div>
      {notice?.about !== 'selection' && <p className="hint">{hint(selection, reference)}</p>}
    </section>
  )
}

function hint(selection: PanelState['selection'], reference: PanelState['reference']): string {
  switch (selection.kind) {
    case 'no-document':
      return 'Open a document and select a layer.'
    case 'unusable':
      return selection.why
    case 'layer':
      return reference?.layer.layerId === selection.layer.layerId ? '' : `“${selection.name}” is selected.`
  }
}
