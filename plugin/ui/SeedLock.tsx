import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'

/** Whether each picture gets a seed of its own or all the same one, and the last one to go back to. */
export function SeedLock() {
  const panel = usePanel()
  const { recipe, newest } = usePanelState()
  const { seed } = recipe
  const last = newest?.made.recipe.seed
  return (
    <div className="row wraps">
      <p className="hint figures grows">{seed === undefined ? 'Seed: new each time' : `Seed: locked to ${seed}`}</p>
      {seed !== undefined && (
        <ActionButton quiet onPress={() => panel.change({ seed: undefined })} title="Another seed for each picture">
          New each time
        </ActionButton>
      )}
      {last !== undefined && last !== seed && (
        <ActionButton quiet onPress={() => panel.change({ seed: last })} title="The seed of the newest picture for all">
          {`Lock to ${last}`}
        </ActionButton>
      )}
    </div>
  )
}
