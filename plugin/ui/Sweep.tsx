import { useState } from 'react'
import type { PanelState } from '../state/state.ts'
import { SWEPT, type Swept } from '../state/sweep.ts'
import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { TilePicture } from './TilePicture.tsx'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'

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
  const names = Object.fromEntries(recipe.references.map((one) => [one.image, cards[one.image]?.capture.name ?? '']))
  const chosen = image in names ? image : (recipe.references[0]?.image ?? '')
  return (
    <section className="section" aria-label="Sweep">
      {recipe.references.length > 1 && (
        <Picker label="Whose weight" choices={names} value={chosen} onChoose={setImage} />
      )}
      <div className="row wraps">
        <ActionButton
          title="Five pictures side by side, of weights from 0 to 1"
          onPress={() => void panel.sweeps.make(chosen, 'choice')}
        >
          Compare weights
        </ActionButton>
        <ActionButton
          title="Five layers in a group, of weights from 0 to 1"
          onPress={() => void panel.sweeps.make(chosen, 'layers')}
        >
          Weights as layers
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
    <section className="section" aria-label="Sweep">
      <h2 className="heading">Weights</h2>
      <div className="sheet">
        {pictures.map((one) => (
          <Tile key={one.id} swept={one} onChoose={() => then(panel.sweeps.choose(one.id))} />
        ))}
      </div>
      <p className="hint figures" role="status">
        {isWhole ? 'A click on one makes it a layer.' : `${count} of ${SWEPT.length} made`}
      </p>
      <div className="row wraps">
        {isWhole && <ActionButton onPress={() => then(panel.sweeps.layers())}>All as layers</ActionButton>}
        <ActionButton quiet title="The document stays as it is" onPress={() => then(panel.sweeps.drop())}>
          {isWhole || wants === 'choice' ? 'Drop these' : 'Cancel'}
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
      <TilePicture look="sheet-picture" url={url} alt={`Weight ${name}`} onClick={choose} />
      {made === undefined ? (
        <p className="hint figures">{name}</p>
      ) : (
        <ActionButton quiet name={`Make weight ${name} a layer`} onPress={onChoose}>
          {name}
        </ActionButton>
      )}
    </div>
  )
}
