import { CENTRE } from '../../shared/clip-view.ts'
import type { DraftReference } from '../state/draft.ts'
import { canMove, cropOf, draggedTo, squareShare } from '../state/framing.ts'
import type { Card } from '../state/state.ts'
import { usePanel } from './panel-context.ts'
import { Frame } from './widgets/Frame.tsx'
import { words } from './words/words.ts'

interface ThumbnailProps {
  readonly reference: DraftReference
  readonly card: Card
}

/** What CLIP gets to see of a reference; where that is a square of a longer picture, it is dragged along it. */
export function Thumbnail({ reference, card }: ThumbnailProps) {
  const { references } = usePanel()
  const { name, picture } = card.capture
  const shown = <img className="picture" src={card.thumbnail} alt={words.references.name(name)} />
  if (!canMove(reference, picture)) return shown
  const value = cropOf(reference)
  return (
    <Frame
      label={words.references.reframe}
      at={words.references.reframedTo(Math.round(100 * value))}
      help={words.references.reframeHelp}
      way={picture.width > picture.height ? 'across' : 'down'}
      share={squareShare(picture)}
      value={value}
      min={0}
      max={1}
      usual={CENTRE}
      keyStep={{ plain: 0.05, shift: 0.01 }}
      draggedTo={(from, by) => draggedTo(from, by, picture)}
      onMove={(place, released) => void references.reframe(reference.image, place, released)}
    >
      {shown}
    </Frame>
  )
}
