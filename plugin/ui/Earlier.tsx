import { useRef } from 'react'
import type { KeptSpace } from '../../shared/earlier.ts'
import { bytesInWords } from './bytes.ts'
import { EarlierEntry } from './EarlierEntry.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'
import { words } from './words/words.ts'

/** Every picture that the companion keeps, newest first; closed until the person wants it. */
export function Earlier() {
  const { earlier, takeOver } = usePanel()
  const { isOpen } = usePanelState().earlier
  const button = useRef<{ focus(): void }>(null)
  return (
    <section className="section" role="group" aria-label={words.earlier.heading}>
      <div className="row flush">
        <ActionButton
          quiet
          open={isOpen}
          focus={button}
          onPress={() => (isOpen ? earlier.close() : void earlier.open())}
        >
          {words.opens(words.earlier.heading, isOpen)}
        </ActionButton>
      </div>
      {isOpen && <List onRemoved={() => button.current?.focus()} />}
      {isOpen && (
        <div className="row wraps">
          <ActionButton onPress={() => void takeOver.file()} title={words.earlier.fromFileHelp}>
            {words.earlier.fromFile}
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
        label={words.earlier.search}
        value={search}
        placeholder={words.earlier.searchExample}
        onInput={(text) => void earlier.find(text)}
      />
      {entries.map((entry) => (
        <EarlierEntry key={entry.id} entry={entry} isRemoving={removing === entry.id} onRemoved={onRemoved} />
      ))}
      <Standing />
      {more && (
        <div className="row">
          <ActionButton onPress={() => void earlier.more()}>{words.earlier.showMore}</ActionButton>
        </div>
      )}
    </div>
  )
}

/** What there is in all, or why there is nothing to show. */
function Standing() {
  const { companion, earlier } = usePanelState()
  const { entries, search, isLoading, space } = earlier
  const text = (): string => {
    if (companion.kind !== 'ready') return words.earlier.noCompanion
    if (isLoading && entries.length === 0) return words.earlier.looking
    if (entries.length > 0) return space === undefined ? '' : spaceInWords(space)
    return search === '' ? words.earlier.nothing : words.earlier.nothingFound
  }
  return (
    <p className="hint figures" role="status">
      {text()}
    </p>
  )
}

const spaceInWords = ({ pictures, bytes, quota }: KeptSpace): string =>
  words.earlier.space(pictures, bytesInWords(bytes), bytesInWords(quota))
