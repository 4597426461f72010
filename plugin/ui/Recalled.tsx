import { followingInWords, followingOf } from '../state/following.ts'
import { isEdited, type Recalled as RecalledLayer } from '../state/taking.ts'
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

function madeWith(recipe: RecalledLayer['memory']['recipe']): string {
  const prompt = recipe.prompt.trim()
  const asked = prompt === '' ? words.result.noWords : words.result.quoted(shortened(prompt, 80))
  const following = followingInWords(followingOf(recipe))
  return following === '' ? asked : `${asked} · ${following}`
}
