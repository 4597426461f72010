import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** Whether each picture gets a seed of its own or all the same one, and the last one to go back to. */
export function SeedLock() {
  const panel = usePanel()
  const { recipe, newest } = usePanelState()
  const { seed } = recipe
  const last = newest?.made.recipe.seed
  return (
    <div className="row wraps">
      <p className="hint figures line">{seed === undefined ? words.imprint.seedIsNew : words.imprint.seedIs(seed)}</p>
      {/* One way at a time: who wants another seed than the one that is locked lets go of that first. */}
      {seed !== undefined && (
        <ActionButton onPress={() => panel.change({ seed: undefined })} title={words.imprint.newSeedHelp}>
          {words.imprint.newSeed}
        </ActionButton>
      )}
      {seed === undefined && last !== undefined && (
        <ActionButton onPress={() => panel.change({ seed: last })} title={words.imprint.keepSeedHelp(last)}>
          {words.imprint.keepSeed}
        </ActionButton>
      )}
    </div>
  )
}
