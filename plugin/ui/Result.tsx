import { scoreInWords } from '../../shared/score.ts'
import { type Following, followingInWords, followingOf } from '../state/following.ts'
import type { Run } from '../state/runs.ts'
import { isLive, type PanelState } from '../state/state.ts'
import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { progressPercent, progressText } from './progress.ts'
import { ActionButton } from './widgets/Button.tsx'

/** The newest picture: unfinished while it is made, then what became of it. */
export function Result() {
  const panel = usePanel()
  const state = usePanelState()
  const { run, runs, kept } = state
  const shown = newestOf(state)
  if (shown === undefined) return null
  // The button is gone with the picture: the keyboard goes on at the one that makes the next.
  const cancel = (): void => {
    panel.cancel()
    if (runs.length === 1) mainButton.current?.focus()
  }
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
        {run !== undefined && <ActionButton onPress={cancel}>Cancel</ActionButton>}
        {kept.length > 0 && run === undefined && (
          <div className="row">
            <ActionButton onPress={() => void panel.insertKept()}>Insert</ActionButton>
            <ActionButton quiet onPress={panel.dropKept} title="The companion’s history keeps it">
              Leave out
            </ActionButton>
          </div>
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
  if (run !== undefined) {
    const title = titled(run.recipe.prompt, followingOf(run.recipe))
    if (run.kind === 'imprint') return { url: run.preview, title, hint: '' }
    // A quick picture is nearer to the full one than most that are unfinished.
    const quick = trial?.isComing === false ? trial.url : undefined
    return { url: quick ?? run.preview ?? newest?.made.url, title, hint: '' }
  }
  const latest = kept.at(-1)
  if (latest !== undefined) {
    const { recipe, url } = latest.made
    const others = kept.length > 1 ? ` ${kept.length - 1} more after it.` : ''
    return { url, title: titled(recipe.prompt, followingOf(recipe)), hint: `Not in the document yet.${others}` }
  }
  if (newest === undefined) return undefined
  const { recipe, url } = newest.made
  if (trial !== undefined) {
    const hint = trial.isComing && trial.url === url ? 'A quick picture is coming…' : 'Let go to keep it.'
    return { url: trial.url, title: titled(recipe.prompt, trial.following), hint }
  }
  const next = whatIsNext(state)
  const likeness = scoreInWords({ reference: newest.made.score?.reference })
  const hint = likeness === '' ? next : `${likeness}. ${next}`
  return { url, title: titled(recipe.prompt, followingOf(recipe)), hint }
}

function whatIsNext(state: PanelState): string {
  if (state.newest?.exists === false) return 'Its layer is gone. Imprint makes another.'
  const hasWeight = state.recipe.references.length > 0
  return isLive(state) && hasWeight ? 'The weight changes this layer.' : 'Imprint makes another layer.'
}

const titled = (prompt: string, following: readonly Following[]): string =>
  prompt.trim() === '' ? followingInWords(following) : `${prompt.trim()} · ${followingInWords(following)}`
