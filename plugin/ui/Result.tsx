import { isLive, type PanelState } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'

interface Shown {
  readonly url: string | undefined
  readonly title: string
  readonly hint: string
}

/** The newest picture: unfinished while it is made, then what became of it. */
export function Result() {
  const panel = usePanel()
  const state = usePanelState()
  const shown = newestOf(state)
  if (shown === undefined) return null
  return (
    <section className="section card">
      {shown.url === undefined ? (
        <div className="picture" />
      ) : (
        <img className="picture" src={shown.url} alt="Newest picture" />
      )}
      <div className="card-side">
        <p className="name figures">{shown.title}</p>
        <p className="hint">{shown.hint}</p>
        {state.kept !== undefined && state.run === undefined && (
          <ActionButton onPress={() => void panel.insertKept()}>Insert</ActionButton>
        )}
      </div>
    </section>
  )
}

const titled = (prompt: string, weight: number): string =>
  prompt.trim() === '' ? weight.toFixed(2) : `${prompt.trim()} · ${weight.toFixed(2)}`

function newestOf(state: PanelState): Shown | undefined {
  const { run, trial, kept, newest, prompt } = state
  if (run !== undefined) {
    const url = run.preview ?? (run.kind === 'adjust' ? (trial?.url ?? newest?.made.url) : undefined)
    const words = run.kind === 'adjust' ? (newest?.made.recipe.prompt ?? prompt) : prompt
    return {
      url,
      title: titled(words, run.weight),
      hint: run.kind === 'adjust' ? 'Following the slider…' : 'A new layer…',
    }
  }
  if (kept !== undefined) {
    const { recipe, weight, url } = kept.made
    return { url, title: titled(recipe.prompt, weight), hint: 'Not in the document yet.' }
  }
  if (newest === undefined) return undefined
  const { recipe, weight, url } = newest.made
  if (trial !== undefined)
    return { url: trial.url, title: titled(recipe.prompt, trial.weight), hint: 'Let go to keep it.' }
  const hint = isLive(state) ? 'The weight changes this layer.' : 'Imprint makes another layer.'
  return { url, title: titled(recipe.prompt, weight), hint }
}
