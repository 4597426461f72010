import type { ModelRecord } from '../../shared/protocol.ts'
import { PREPROCESSORS } from '../../shared/recipe.ts'
import { type DraftStructure, HOLD, STRUCTURE } from '../state/draft.ts'
import { Amount } from './Amount.tsx'
import { Disclosure } from './Disclosure.tsx'
import { useModels } from './models.ts'
import { Origin } from './Origin.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

/** A layer that holds the structure of the next picture: closed at first, and then it says which. */
export function Structure() {
  const { recipe, cards } = usePanelState()
  const name = recipe.structure && cards[STRUCTURE]?.capture.name
  return (
    <Disclosure heading={words.structure.heading} closed={name && words.structure.holds(shortened(name))}>
      <Open />
    </Disclosure>
  )
}

function Open() {
  const panel = usePanel()
  const { structure, also } = usePanelState().recipe
  const others = also?.recipe.controls?.length ?? 0
  const found = useModels('controlnet')
  const first = structure?.controlnet ?? found?.[0]?.name
  return (
    <div className="more">
      <p className="hint">{found?.length === 0 ? words.structure.none : words.structure.help}</p>
      {structure !== undefined && <Held structure={structure} found={found ?? []} />}
      {others > 0 && <p className="hint">{words.structure.others(others)}</p>}
      <div className="row wraps">
        {first !== undefined && (
          <ActionButton onPress={() => void panel.structure.take(first)} title={words.structure.takeHelp}>
            {structure === undefined ? words.structure.take : words.structure.takeAnew}
          </ActionButton>
        )}
        {(structure !== undefined || others > 0) && (
          <ActionButton onPress={() => panel.structure.remove()} title={words.structure.removeHelp}>
            {words.structure.remove}
          </ActionButton>
        )}
      </div>
    </div>
  )
}

interface HeldProps {
  readonly structure: DraftStructure
  readonly found: readonly ModelRecord[]
}

/** What is held, by which network, and how much. */
function Held({ structure, found }: HeldProps) {
  const panel = usePanel()
  const card = usePanelState().cards[STRUCTURE]
  const { controlnet, preprocess = 'none', weight = HOLD.usual } = structure
  const names = [...new Set([controlnet, ...found.map(({ name }) => name)])]
  return (
    <>
      {card !== undefined && (
        <>
          <div className="where">
            <img className="map" src={card.thumbnail} alt={words.structure.picture(card.capture.name)} />
            <p className="hint">{shortened(card.capture.name)}</p>
          </div>
          <Origin card={card} onRefresh={() => void panel.structure.refresh()} />
        </>
      )}
      <Picker
        label={words.structure.controlnet}
        choices={Object.fromEntries(names.map((name) => [name, name]))}
        value={controlnet}
        onChoose={(name) => panel.structure.change({ controlnet: name })}
      />
      <Picker
        label={words.structure.preprocess}
        choices={Object.fromEntries(PREPROCESSORS.map((name) => [name, words.structure.preprocessors[name]]))}
        value={preprocess}
        onChoose={(name) => panel.structure.change({ preprocess: name })}
      />
      <Amount
        label={words.structure.weight}
        numberLabel={words.structure.weightNumber}
        range={HOLD}
        value={weight}
        onMove={(value) => panel.structure.change({ weight: value })}
      />
    </>
  )
}
