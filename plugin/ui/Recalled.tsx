import { followingInWords, followingOf } from '../state/following.ts'
import type { PanelState } from '../state/state.ts'
import { canUpdate } from '../state/update-layer.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'

/** How the selected layer was made and the way to go on with it; where a recipe came from, and the way back. */
export function Recalled() {
  const { takeOver } = usePanel()
  const state = usePanelState()
  const { recalled, takenOver } = state
  const offered = recalled !== undefined && !isEdited(state)
  if (!offered && takenOver === undefined) return null
  return (
    <section className="section notice" role="status">
      {offered && (
        <>
          <p className="sentence">{`This layer was made with ${madeWith(recalled.memory.recipe)}.`}</p>
          {recalled.by === 'look' && <p className="hint">It says so no more; an earlier picture looks just like it.</p>}
          <div className="row wraps">
            <ActionButton
              onPress={() => void takeOver.layer()}
              title={`Take over the recipe of “${recalled.name}”, and change that layer`}
            >
              Edit this layer
            </ActionButton>
          </div>
        </>
      )}
      {takenOver !== undefined && (
        <>
          <p className="hint">{`Here is the recipe of “${shortened(takenOver.what)}”.`}</p>
          <div className="row wraps">
            <ActionButton onPress={takeOver.back} title="Edit again what was here before">
              Back to mine
            </ActionButton>
          </div>
        </>
      )}
    </section>
  )
}

/** Makes the newest result's layer anew; shown while the panel asks for another picture than the one in it. */
export function UpdateLayer() {
  const panel = usePanel()
  const state = usePanelState()
  if (!canUpdate(state) || state.newest === undefined) return null
  return (
    <div className="section">
      <div className="row wraps">
        <ActionButton
          onPress={() => void panel.updateLayer()}
          title="Make its picture anew in place; Imprint makes another layer"
        >
          {`Update “${shortened(state.newest.made.note.layerName)}”`}
        </ActionButton>
      </div>
    </div>
  )
}

/** Whether the selected layer is the one whose recipe the panel shows already. */
const isEdited = ({ recalled, newest }: PanelState): boolean =>
  newest?.exists === true &&
  newest.layer.layerId === recalled?.layer.layerId &&
  newest.layer.documentId === recalled.layer.documentId

function madeWith(recipe: NonNullable<PanelState['recalled']>['memory']['recipe']): string {
  const words = recipe.prompt.trim() === '' ? 'no words' : `“${shortened(recipe.prompt.trim(), 80)}”`
  const following = followingInWords(followingOf(recipe))
  return following === '' ? words : `${words} · ${following}`
}
