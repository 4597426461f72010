import type { Degrees } from '../../shared/recipe.ts'
import type { DraftReference } from '../state/draft.ts'
import { modeAt, padOf } from '../state/pad.ts'
import { usePanel } from './panel-context.ts'
import { NumberField } from './widgets/NumberField.tsx'
import { Pad } from './widgets/Pad.tsx'
import { words } from './words/words.ts'

/** How much of a reference's style and of its layout is followed: a pad, and the two numbers beside it. */
export function StyleAndLayout({ reference: { image, mode } }: { readonly reference: DraftReference }) {
  const panel = usePanel()
  const at = padOf(mode)
  const move = (to: Degrees, released: boolean): void => void panel.setMode(image, modeAt(to), released)
  return (
    <div className="pad-row">
      <Pad
        label={words.references.pad}
        across={words.references.style}
        up={words.references.layout}
        value={{ x: at.style, y: at.layout }}
        onMove={({ x, y }, released) => move({ style: x, layout: y }, released)}
      />
      <div className="pad-side">
        <Share
          name={words.references.style}
          value={at.style}
          onMove={(style, released) => move({ ...at, style }, released)}
        />
        <Share
          name={words.references.layout}
          value={at.layout}
          onMove={(layout, released) => move({ ...at, layout }, released)}
        />
      </div>
    </div>
  )
}

const WHOLE = 100

interface ShareProps {
  readonly name: string
  readonly value: number
  readonly onMove: (value: number, released: boolean) => void
}

function Share({ name, value, onMove }: ShareProps) {
  return (
    <div className="fields">
      <span className="caption">{words.references.percent(name)}</span>
      <NumberField
        label={words.references.inPercent(name)}
        digits={0}
        usual={WHOLE}
        min={0}
        max={WHOLE}
        value={Math.round(value * WHOLE)}
        keyStep={{ plain: 5, shift: 1 }}
        onMove={(percent, released) => onMove(Math.round(percent) / WHOLE, released)}
      />
    </div>
  )
}
