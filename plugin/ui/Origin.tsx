import type { Card } from '../state/state.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** What the picture was taken of, and whether that still looks the same. */
export function Origin({
  card: { capture, layer },
  onRefresh,
}: {
  readonly card: Card
  readonly onRefresh: () => void
}) {
  const what = originInWords(capture)
  const now = layer === 'changed' ? words.references.changed : layer === 'gone' ? words.references.gone : ''
  if (what === '' && now === '') return null
  return (
    <div className="origin">
      <p className="hint" role="status">
        {[what, now].filter((one) => one !== '').join(' · ')}
      </p>
      {layer === 'changed' && (
        <ActionButton onPress={onRefresh} title={words.references.refreshHelp}>
          {words.references.refresh}
        </ActionButton>
      )}
    </div>
  )
}

function originInWords({ part, isGroup, origin }: Card['capture']): string {
  if (part !== undefined) return words.references.part
  if (isGroup) return words.references.group
  if (origin === undefined) return ''
  return origin === 'file' ? words.references.file : words.references.earlier
}
