import { useState } from 'react'
import type { Variation } from '../state/variations.ts'
import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { progressText } from './progress.ts'
import { TilePicture } from './TilePicture.tsx'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

/** Pictures of several seeds side by side: those chosen become layers, the others go. Nothing while there are none. */
export function Variations() {
  const panel = usePanel()
  const { variations } = usePanelState()
  const [chosen, setChosen] = useState<readonly number[]>([])
  if (variations.length === 0) return null
  const ready = variations.filter(({ id, made }) => made !== undefined && chosen.includes(id)).map(({ id }) => id)
  const toggle = (id: number): void =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  return (
    <section className="section" aria-label={words.variations.name}>
      <h2 className="heading">{words.variations.heading}</h2>
      <div className="tiles">
        {variations.map((one) => (
          <Tile key={one.id} variation={one} chosen={ready.includes(one.id)} onToggle={() => toggle(one.id)} />
        ))}
      </div>
      <div className={ready.length > 0 ? 'row wraps' : 'row wraps flush'}>
        {ready.length > 0 && (
          <ActionButton
            onPress={() => {
              void panel.variations.choose(ready)
              mainButton.current?.focus()
            }}
          >
            {words.variations.makeLayers(ready.length)}
          </ActionButton>
        )}
        <ActionButton
          quiet
          title={words.variations.dropHelp}
          onPress={() => {
            panel.variations.drop()
            mainButton.current?.focus()
          }}
        >
          {ready.length > 0 ? words.variations.none : words.variations.drop}
        </ActionButton>
      </div>
    </section>
  )
}

interface TileProps {
  readonly variation: Variation
  readonly chosen: boolean
  readonly onToggle: () => void
}

/** One picture, or how far it is; a click on it chooses it like its button. */
function Tile({ variation: { id, seed, made }, chosen, onToggle }: TileProps) {
  const { runs } = usePanelState()
  const run = runs.find((one) => one.id === id)
  const url = made?.url ?? run?.preview
  const toggle = (): void => {
    if (made !== undefined) onToggle()
  }
  return (
    <div className={chosen ? 'tile tile-chosen' : 'tile'}>
      <TilePicture look="tile-picture" url={url} alt={words.variations.seed(seed)} onClick={toggle} />
      {made === undefined ? (
        <p className="hint figures">{run === undefined ? '' : progressText(run)}</p>
      ) : (
        <ActionButton quiet name={words.variations.chooseSeed(seed)} chosen={chosen} onPress={onToggle}>
          {chosen ? words.variations.chosen : words.variations.choose}
        </ActionButton>
      )}
    </div>
  )
}
