import { useState } from 'react'
import type { PanelState } from '../state/state.ts'
import { SWEPT, type Swept } from '../state/sweep.ts'
import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { TilePicture } from './TilePicture.tsx'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

/** One picture at five weights of a reference: the way to have them made, then all of them side by side. */
export function Sweep() {
  const { sweep, recipe } = usePanelState()
  if (sweep !== undefined) return <Sheet sweep={sweep} />
  return recipe.references.length === 0 ? null : <Start />
}

function Start() {
  const panel = usePanel()
  const { recipe, cards } = usePanelState()
  const [image, setImage] = useState('')
  const names = Object.fromEntries(
    recipe.references.map((one) => [one.image, words.sweep.weightOf(cards[one.image]?.capture.name ?? '')]),
  )
  const chosen = image in names ? image : (recipe.references[0]?.image ?? '')
  return (
    <section className="section" aria-label={words.sweep.name}>
      {recipe.references.length > 1 && (
        <Picker label={words.sweep.whose} choices={names} value={chosen} onChoose={setImage} />
      )}
      <div className="row wraps">
        <ActionButton title={words.sweep.compareHelp} onPress={() => void panel.sweeps.make(chosen, 'choice')}>
          {words.sweep.compare}
        </ActionButton>
        <ActionButton title={words.sweep.asLayersHelp} onPress={() => void panel.sweeps.make(chosen, 'layers')}>
          {words.sweep.asLayers}
        </ActionButton>
      </div>
    </section>
  )
}

function Sheet({ sweep: { pictures, wants } }: { readonly sweep: NonNullable<PanelState['sweep']> }) {
  const panel = usePanel()
  const count = pictures.filter(({ made }) => made !== undefined).length
  const isWhole = count === SWEPT.length
  // The buttons are gone with the pictures: the keyboard goes on at the one that makes the next.
  const then = (work: void | Promise<void>): void => {
    void work
    mainButton.current?.focus()
  }
  return (
    <section className="section" aria-label={words.sweep.name}>
      <h2 className="heading">{words.sweep.heading}</h2>
      <div className="sheet">
        {pictures.map((one) => (
          <Tile key={one.id} swept={one} onChoose={() => then(panel.sweeps.choose(one.id))} />
        ))}
      </div>
      <p className="hint figures" role="status">
        {isWhole ? words.sweep.choose : words.sweep.made(count, SWEPT.length)}
      </p>
      <div className={isWhole ? 'row wraps' : 'row wraps flush'}>
        {isWhole && <ActionButton onPress={() => then(panel.sweeps.layers())}>{words.sweep.allAsLayers}</ActionButton>}
        <ActionButton quiet title={words.sweep.dropHelp} onPress={() => then(panel.sweeps.drop())}>
          {isWhole || wants === 'choice' ? words.sweep.drop : words.sweep.cancel}
        </ActionButton>
      </div>
    </section>
  )
}

interface TileProps {
  readonly swept: Swept
  readonly onChoose: () => void
}

/** One picture, or how far it is; a click on it does what its button does. */
function Tile({ swept: { id, weight, made }, onChoose }: TileProps) {
  const { runs } = usePanelState()
  const url = made?.url ?? runs.find((run) => run.id === id)?.preview
  const name = weight.toFixed(2)
  const choose = (): void => {
    if (made !== undefined) onChoose()
  }
  return (
    <div className="sheet-tile">
      <TilePicture look="sheet-picture" url={url} alt={words.sweep.weight(name)} onClick={choose} />
      {made === undefined ? (
        <p className="hint figures">{name}</p>
      ) : (
        <ActionButton quiet name={words.sweep.makeLayer(name)} onPress={onChoose}>
          {name}
        </ActionButton>
      )}
    </div>
  )
}
