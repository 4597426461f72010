import { followingInWords, followingOf } from '../state/following.ts'
import { type Memory, readMemory } from '../state/memory.ts'
import type { PanelState } from '../state/state.ts'
import { canUpdate } from '../state/update-layer.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

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
          <p className="sentence">{words.result.madeWith(madeWith(recalled.memory.recipe))}</p>
          {recalled.by === 'look' && <p className="hint">{words.result.byLook}</p>}
          <div className="row wraps">
            <ActionButton onPress={() => void takeOver.layer()} title={words.result.editHelp(recalled.name)}>
              {words.result.edit}
            </ActionButton>
          </div>
        </>
      )}
      {takenOver !== undefined && (
        <>
          <p className="hint">{words.result.hereIs(shortened(takenOver.what))}</p>
          <div className="row wraps">
            <ActionButton onPress={takeOver.back} title={words.result.backHelp}>
              {words.result.back}
            </ActionButton>
            <ActionButton onPress={takeOver.goOn} title={words.result.goOnHelp}>
              {words.result.goOn}
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
        <ActionButton onPress={() => void panel.updateLayer()} title={words.result.updateHelp}>
          {words.result.update(shortened(state.newest.made.note.layerName))}
        </ActionButton>
      </div>
    </div>
  )
}

/** Whether the selected layer is the one whose recipe the panel shows already; undo may have brought an earlier one back. */
const isEdited = ({ recalled, newest }: PanelState): boolean =>
  newest?.exists === true &&
  newest.layer.layerId === recalled?.layer.layerId &&
  newest.layer.documentId === recalled.layer.documentId &&
  (recalled.by === 'look' || isSame(recalled.memory, readMemory(newest.made.note.memory)))

const isSame = (one: Memory, other: Memory | undefined): boolean =>
  JSON.stringify(one.recipe) === JSON.stringify(other?.recipe)

function madeWith(recipe: NonNullable<PanelState['recalled']>['memory']['recipe']): string {
  const prompt = recipe.prompt.trim()
  const asked = prompt === '' ? words.result.noWords : words.result.quoted(shortened(prompt, 80))
  const following = followingInWords(followingOf(recipe))
  return following === '' ? asked : `${asked} · ${following}`
}
