import { useRef } from 'react'
import type { KeptSpace } from '../../shared/earlier.ts'
import { bytesInWords } from './bytes.ts'
import { EarlierEntry } from './EarlierEntry.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'

/** Every picture that the companion keeps, newest first; closed until the person wants it. */
export function Earlier() {
  const { earlier, takeOver } = usePanel()
  const { isOpen } = usePanelState().earlier
  const button = useRef<{ focus(): void }>(null)
  return (
    <section className="section" role="group" aria-label="Earlier pictures">
      <div className="row flush">
        <ActionButton
          quiet
          open={isOpen}
          focus={button}
          onPress={() => (isOpen ? earlier.close() : void earlier.open())}
        >
          {isOpen ? '− Earlier pictures' : '+ Earlier pictures'}
        </ActionButton>
      </div>
      {isOpen && <List onRemoved={() => button.current?.focus()} />}
      {isOpen && (
        <div className="row wraps">
          <ActionButton onPress={() => void takeOver.file()} title="Take over the recipe that a PNG file carries">
            Recipe from a file…
          </ActionButton>
        </div>
      )}
    </section>
  )
}

function List({ onRemoved }: { readonly onRemoved: () => void }) {
  const { earlier } = usePanel()
  const { entries, search, more, removing } = usePanelState().earlier
  return (
    <div className="more">
      <TextField
        label="Search earlier pictures"
        value={search}
        placeholder="search"
        onInput={(text) => void earlier.find(text)}
      />
      {entries.map((entry) => (
        <EarlierEntry key={entry.id} entry={entry} isRemoving={removing === entry.id} onRemoved={onRemoved} />
      ))}
      <Standing />
      {more && (
        <div className="row">
          <ActionButton onPress={() => void earlier.more()}>Show more</ActionButton>
        </div>
      )}
    </div>
  )
}

/** What there is in all, or why there is nothing to show. */
function Standing() {
  const { companion, earlier } = usePanelState()
  const { entries, search, isLoading, space } = earlier
  const words = (): string => {
    if (companion.kind !== 'ready') return 'The companion keeps them: start it to see more.'
    if (isLoading && entries.length === 0) return 'Looking…'
    if (entries.length > 0) return space === undefined ? '' : spaceInWords(space)
    return search === ''
      ? 'Nothing yet: every picture that is made is kept here.'
      : 'No earlier picture holds these words.'
  }
  return (
    <p className="hint figures" role="status">
      {words()}
    </p>
  )
}

const spaceInWords = ({ pictures, bytes, quota }: KeptSpace): string =>
  `${pictures === 1 ? '1 picture' : `${pictures} pictures`}, ${bytesInWords(bytes)} of ${bytesInWords(quota)}`
