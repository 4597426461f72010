import { scoreInWords } from '../../shared/score.ts'
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
  const { run, trial, kept, newest, prompt } = state
  if (run?.kind === 'imprint') return { url: run.preview, title: titled(prompt, run.weight), hint: '' }
  if (run !== undefined) {
    const url = run.preview ?? trial?.url ?? newest?.made.url
    return { url, title: titled(newest?.made.recipe.prompt ?? prompt, run.weight), hint: '' }
  }
  if (kept !== undefined) {
    const { recipe, weight, url } = kept.made
    return { url, title: titled(recipe.prompt, weight), hint: 'Not in the document yet.' }
  }
  if (newest === undefined) return undefined
  const { recipe, weight, url } = newest.made
  if (trial !== undefined) {
    return { url: trial.url, title: titled(recipe.prompt, trial.weight), hint: 'Let go to keep it.' }
  }
  const next = isLive(state) ? 'The weight changes this layer.' : 'Imprint makes another layer.'
  const likeness = scoreInWords({ reference: newest.made.score?.reference })
  const hint = likeness === '' ? next : `${likeness}. ${next}`
  return { url, title: titled(recipe.prompt, weight), hint }
}

const titled = (prompt: string, weight: number): string =>
  prompt.trim() === '' ? weight.toFixed(2) : `${prompt.trim()} · ${weight.toFixed(2)}`
