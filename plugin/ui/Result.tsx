import { type Following, followingInWords, followingOf } from '../state/following.ts'
import type { Run } from '../state/runs.ts'
import { isLive, type PanelState } from '../state/state.ts'
import { type Likeness, likenessOf } from './likeness.ts'
import { mainButton } from './main-button.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { progressPercent, progressText } from './progress.ts'
import { ActionButton } from './widgets/Button.tsx'
import { words } from './words/words.ts'

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
        <img className="picture" src={shown.url} alt={words.result.picture} />
      )}
      <div className="card-side">
        <p className="name figures">{shown.title}</p>
        {run === undefined ? <Hint shown={shown} /> : <Progress run={run} />}
        {run !== undefined && run.phase !== 'placing' && (
          <div className="row">
            <ActionButton onPress={cancel}>{words.result.cancel}</ActionButton>
          </div>
        )}
        {kept.length > 0 && run === undefined && (
          <div className="row">
            <ActionButton onPress={() => void panel.insertKept()}>{words.result.insert}</ActionButton>
            <ActionButton quiet onPress={panel.dropKept} title={words.result.leaveOutHelp}>
              {words.result.leaveOut}
            </ActionButton>
          </div>
        )}
      </div>
    </section>
  )
}

function Hint({ shown: { hint, likeness } }: { readonly shown: Shown }) {
  return (
    <>
      {likeness !== undefined && (
        <p className="hint" title={words.likenessHelp(likeness.percent)}>
          {words.likeness[likeness.near]}
        </p>
      )}
      <p className="hint">{hint}</p>
    </>
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
  readonly likeness?: Likeness | undefined
}

function newestOf(state: PanelState): Shown | undefined {
  const { run, trial, kept, newest } = state
  if (run !== undefined) {
    const title = titled(run.recipe.prompt, followingOf(run.recipe))
    if (run.kind === 'imprint') return { url: run.preview, title, hint: '' }
    // A quick picture is nearer to the full one than most that are unfinished.
    const quick = trial?.url === newest?.made.url ? undefined : trial?.url
    return { url: quick ?? run.preview ?? newest?.made.url, title, hint: '' }
  }
  const latest = kept.at(-1)
  if (latest !== undefined) {
    const { recipe, url } = latest.made
    const hint = kept.length > 1 ? words.result.notYetAndMore(kept.length - 1) : words.result.notYet
    return { url, title: titled(recipe.prompt, followingOf(recipe)), hint }
  }
  if (newest === undefined) return undefined
  const { recipe, url } = newest.made
  if (trial !== undefined) {
    const hint = trial.isComing && trial.url === url ? words.result.quickComing : words.result.letGo
    return { url: trial.url, title: titled(recipe.prompt, trial.following), hint }
  }
  const likeness = likenessOf(recipe, newest.made.score)
  return { url, title: titled(recipe.prompt, followingOf(recipe)), hint: whatIsNext(state), likeness }
}

function whatIsNext(state: PanelState): string {
  if (state.newest?.exists === false) return words.result.gone
  const hasWeight = state.recipe.references.length > 0
  return isLive(state) && hasWeight ? words.result.live : words.result.another
}

const titled = (prompt: string, following: readonly Following[]): string =>
  prompt.trim() === '' ? followingInWords(following) : `${prompt.trim()} · ${followingInWords(following)}`
