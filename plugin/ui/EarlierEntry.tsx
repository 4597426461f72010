import { useEffect, useRef, useState } from 'react'
import type { Earlier } from '../../shared/earlier.ts'
import { scoreInWords } from '../../shared/score.ts'
import { usePanel } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'

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
  const words = recipe.prompt.trim() === '' ? 'No words' : recipe.prompt.trim()
  const facts = [favourite ? '★ Favourite' : '', whenInWords(entry.at), score ? scoreInWords(score) : '']
  return (
    <div className="reference listed" role="group" aria-label={`Earlier picture: ${words}`}>
      <div className="card">
        <img className="picture picture-small" src={thumbnail} alt={words} />
        <div className="card-side">
          <div className="title">
            <p className="name" title={words}>
              {words}
            </p>
            <ActionButton quiet name={`More of ${words}`} open={open} focus={opener} onPress={() => setOpen(!open)}>
              …
            </ActionButton>
          </div>
          <p className="hint figures">{facts.filter((fact) => fact !== '').join(' · ')}</p>
          <div className="row wraps">
            <ActionButton onPress={() => void earlier.apply(id)} title="Take its recipe over, pictures and all">
              Use its recipe
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
      <p className="sentence">Delete this picture for good?</p>
      <div className="row wraps">
        <ActionButton onPress={onRemove}>Delete</ActionButton>
        <ActionButton focus={keep} onPress={onKeep}>
          Keep it
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
      <ActionButton onPress={() => void earlier.putBack(id)} title="A new layer with this picture">
        Put back
      </ActionButton>
      <ActionButton onPress={() => void earlier.useAsReference(id)} title="Have the next picture follow this one">
        Use as reference
      </ActionButton>
      <ActionButton
        chosen={favourite}
        onPress={() => void earlier.favourite(id, !favourite)}
        title="A favourite makes no room for newer pictures"
      >
        Favourite
      </ActionButton>
      <ActionButton onPress={() => void earlier.save(id)} title="A PNG file that carries the recipe">
        Save as PNG…
      </ActionButton>
      <ActionButton onPress={() => earlier.askToRemove(id)}>Delete…</ActionButton>
    </div>
  )
}

/** When it was made, as the clock of this machine has it. */
function whenInWords(at: string): string {
  const when = new Date(at)
  if (Number.isNaN(when.getTime())) return ''
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`
  return `${day} ${two(when.getHours())}:${two(when.getMinutes())}`
}
