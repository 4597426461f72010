import { useEffect, useRef, useState } from 'react'
import type { Earlier } from '../../shared/earlier.ts'
import { followingInWords, followingOf } from '../state/following.ts'
import { likenessOf } from './likeness.ts'
import { usePanel } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

interface EarlierEntryProps {
  readonly entry: Earlier
  /** Whether the person is asked about removing it. */
  readonly isRemoving: boolean
  readonly onRemoved: () => void
}

/** One earlier picture: how it looks, what it was made of, and what can be done with it. */
export function EarlierEntry({ entry, isRemoving, onRemoved }: EarlierEntryProps) {
  const { earlier } = usePanel()
  const [open, setOpen] = useState(false)
  const opener = useRef<{ focus(): void }>(null)
  const { id, recipe, thumbnail, favourite, score } = entry
  const prompt = recipe.prompt.trim() || words.prompt.empty
  const following = followingInWords(followingOf(recipe))
  const likeness = likenessOf(recipe, score)
  const facts = [
    favourite ? words.earlier.favourite : '',
    following === '' ? '' : words.sweep.weight(following),
    whenInWords(entry.at),
  ]
  return (
    <div className="reference listed" role="group" aria-label={words.earlier.name(prompt)}>
      <div className="card">
        <img className="picture" src={thumbnail} alt={prompt} />
        <div className="card-side">
          <div className="title">
            <p className="name" title={prompt}>
              {prompt}
            </p>
            <ActionButton
              quiet
              name={words.earlier.more(prompt)}
              open={open}
              focus={opener}
              onPress={() => setOpen(!open)}
            >
              …
            </ActionButton>
          </div>
          <p className="hint figures">{facts.filter((fact) => fact !== '').join(' · ')}</p>
          {likeness !== undefined && (
            <p className="hint" title={words.likenessHelp(likeness.percent)}>
              {words.likeness[likeness.near]}
            </p>
          )}
          <div className="row wraps">
            <ActionButton onPress={() => void earlier.apply(id)} title={words.earlier.useRecipeHelp}>
              {words.earlier.useRecipe}
            </ActionButton>
          </div>
        </div>
      </div>
      {open && !isRemoving && <Actions entry={entry} />}
      {open && isRemoving && (
        <Question
          onRemove={() => void earlier.remove(id).then(onRemoved)}
          onKeep={() => {
            earlier.askToRemove(undefined)
            opener.current?.focus()
          }}
        />
      )}
    </div>
  )
}

function Question({ onRemove, onKeep }: { readonly onRemove: () => void; readonly onKeep: () => void }) {
  const keep = useRef<{ focus(): void }>(null)
  useEffect(() => keep.current?.focus(), [])
  return (
    <div className="more" role="alert">
      <p className="sentence">{words.earlier.removeQuestion}</p>
      <div className="row wraps">
        <ActionButton onPress={onRemove}>{words.earlier.removeNow}</ActionButton>
        <ActionButton focus={keep} onPress={onKeep}>
          {words.earlier.keep}
        </ActionButton>
      </div>
    </div>
  )
}

function Actions({ entry }: { readonly entry: Earlier }) {
  const { earlier } = usePanel()
  const { id, favourite } = entry
  return (
    <div className="row wraps">
      <ActionButton onPress={() => void earlier.putBack(id)} title={words.earlier.putBackHelp}>
        {words.earlier.putBack}
      </ActionButton>
      <ActionButton onPress={() => void earlier.useAsReference(id)} title={words.earlier.useAsReferenceHelp}>
        {words.earlier.useAsReference}
      </ActionButton>
      <ActionButton onPress={() => void earlier.favourite(id, !favourite)} title={words.earlier.favouriteHelp}>
        {favourite ? words.earlier.noFavourite : words.earlier.makeFavourite}
      </ActionButton>
      <ActionButton onPress={() => void earlier.save(id)} title={words.earlier.saveHelp}>
        {words.earlier.save}
      </ActionButton>
      <ActionButton onPress={() => earlier.askToRemove(id)}>{words.earlier.remove}</ActionButton>
    </div>
  )
}

/** When it was made, as the clock of this machine has it. */
function whenInWords(at: string): string {
  const when = new Date(at)
  if (Number.isNaN(when.getTime())) return ''
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`
  const time = `${two(when.getHours())}:${two(when.getMinutes())}`
  return when.toDateString() === new Date().toDateString() ? words.earlier.today(time) : words.earlier.onDay(day, time)
}
