import type { DraftReference } from '../state/draft.ts'
import type { Card } from '../state/state.ts'
import { usePanel } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** Where a reference acts when it does not everywhere: a tiny map, and the way to be rid of it. */
export function Region({ image, card: { region } }: { readonly image: string; readonly card: Card }) {
  const { references } = usePanel()
  if (region === undefined) return null
  const { width, height } = region.rect
  return (
    <div className="where">
      <img className="map" src={region.map} alt={words.references.where} />
      <p className="hint">{words.references.onlyHere(width, height)}</p>
      <ActionButton onPress={() => references.actEverywhere(image)} title={words.references.everywhereHelp}>
        {words.references.everywhere}
      </ActionButton>
    </div>
  )
}

/** Makes a reference act where the selection is. */
export function ActHere({ reference: { image, mask } }: { readonly reference: DraftReference }) {
  const { references } = usePanel()
  return (
    <div className="row">
      <ActionButton onPress={() => void references.actWhereSelected(image)} title={words.references.actHereHelp}>
        {mask === undefined ? words.references.actHere : words.references.actHereNow}
      </ActionButton>
    </div>
  )
}
