import { scoreInWords } from '../../shared/score.ts'
import { weightsInWords, weightsOf } from '../state/draft.ts'
import { isLive, type PanelState, type Run } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { progressPercent, progressText } from './progress.ts'
import { ActionButton } from './widgets/Button.tsx'

/** The newest picture: unfinished while it is made, then what became of it. */
export function Result() {
  const panel = usePanel()
  const state = usePanelState()
  const { run, kept } = state
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
        {run === undefined ? <p className="hint">{shown.hint}</p> : <Progress run={run} />}
        {run?.kind === 'adjust' && <ActionButton onPress={panel.cancel}>Cancel</ActionButton>}
        {kept !== undefined && run === undefined && (
          <ActionButton onPress={() => void panel.insertKept()}>Insert</ActionButton>
        )}
      </div>
    </section>
  )
}

function Progress({ run }: { readonly run: Run }) {
  return (
    <>
      <sp-progressbar class="progress" max={100} value={progressPercent(run)} show-value="false" />
      <p className="hint figures" role="status">
        {progressText(run)}
      </p>
    </>
  )
}

interface Shown {
  readonly url: string | undefined
  readonly title: string
  readonly hint: string
}

function newestOf(state: PanelState): Shown | undefined {
  const { run, trial, kept, newest } = state
  const { prompt } = state.recipe
  if (run?.kind === 'imprint') return { url: run.preview, title: titled(prompt, run.weights), hint: '' }
  if (run !== undefined) {
    const url = run.preview ?? trial?.url ?? newest?.made.url
    return { url, title: titled(newest?.made.recipe.prompt ?? prompt, run.weights), hint: '' }
  }
  if (kept !== undefined) {
    const { recipe, url } = kept.made
    return { url, title: titled(recipe.prompt, weightsOf(recipe)), hint: 'Not in the document yet.' }
  }
  if (newest === undefined) return undefined
  const { recipe, url } = newest.made
  if (trial !== undefined) {
    return { url: trial.url, title: titled(recipe.prompt, trial.weights), hint: 'Let go to keep it.' }
  }
  const next = whatIsNext(state)
  const likeness = scoreInWords({ reference: newest.made.score?.reference })
  const hint = likeness === '' ? next : `${likeness}. ${next}`
  return { url, title: titled(recipe.prompt, weightsOf(recipe)), hint }
}

function whatIsNext(state: PanelState): string {
  if (state.newest?.exists === false) return 'Its layer is gone. Imprint makes another.'
  return isLive(state) ? 'The weight changes this layer.' : 'Imprint makes another layer.'
}

const titled = (prompt: string, weights: readonly number[]): string =>
  prompt.trim() === '' ? weightsInWords(weights) : `${prompt.trim()} · ${weightsInWords(weights)}`
