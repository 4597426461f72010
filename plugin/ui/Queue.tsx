import { useEffect, useRef, useState } from 'react'
import { followingInWords, followingOf } from '../state/following.ts'
import type { Run } from '../state/runs.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { progressText } from './progress.ts'
import { mainButton } from './main-button.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { useHostEvent } from './widgets/host-element.ts'
import { words } from './words/words.ts'
import { isKeyEvent } from './widgets/key-event.ts'

/** The pictures behind the one that is being made: each can go up, down or away. Nothing while there is none. */
export function Queue() {
  const panel = usePanel()
  const { runs } = usePanelState()
  const [said, setSaid] = useState('')
  const waiting = runs.slice(1)
  if (waiting.length === 0) return null
  return (
    <section className="section" aria-label={words.queue.name}>
      <h2 className="heading">{words.queue.heading(waiting.length)}</h2>
      <div role="list">
        {waiting.map((run, at) => (
          <Waiting
            key={run.id}
            run={run}
            at={at}
            onMove={(by) => {
              const isMoved = panel.queue.move(run.id, by)
              if (isMoved) setSaid(words.queue.nowAt(nameOf(run), at + by + 1, waiting.length))
              return isMoved
            }}
          />
        ))}
      </div>
      <p className="hint" role="status">
        {said}
      </p>
      {waiting.length > 1 && (
        <div className="row flush">
          <ActionButton
            quiet
            onPress={() => {
              panel.queue.cancelAll()
              mainButton.current?.focus()
            }}
          >
            {words.queue.cancelAll}
          </ActionButton>
        </div>
      )}
    </section>
  )
}

interface WaitingProps {
  readonly run: Run
  readonly at: number
  /** False where there is nothing to change places with. */
  readonly onMove: (by: -1 | 1) => boolean
}

/** One of them; the arrow keys move it while the focus is on one of its buttons. */
function Waiting({ run, at, onMove }: WaitingProps) {
  const panel = usePanel()
  const ref = useRef<HTMLDivElement>(null)
  const [up, down] = [useRef<{ focus(): void }>(null), useRef<{ focus(): void }>(null)]
  const pressed = useRef<-1 | 1>(undefined)
  const name = nameOf(run)
  const move = (by: -1 | 1): void => {
    pressed.current = by
    if (!onMove(by)) pressed.current = undefined
  }
  useHostEvent(ref, 'keydown', (event) => {
    if (!isKeyEvent(event) || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(event.key === 'ArrowUp' ? -1 : 1)
  })
  // Whatever changes its place in the page loses the focus.
  useEffect(() => {
    if (pressed.current !== undefined) (pressed.current === -1 ? up : down).current?.focus()
    pressed.current = undefined
  }, [at, up, down])
  return (
    <div className="title waiting" role="listitem" ref={ref}>
      <div className="card-side flush-left">
        <p className="name figures" title={name}>
          {titleOf(run)}
        </p>
        <p className="hint figures">{joined(progressText(run), seedOf(run))}</p>
      </div>
      <ActionButton quiet name={words.queue.upOne(name)} focus={up} onPress={() => move(-1)}>
        {words.queue.up}
      </ActionButton>
      <ActionButton quiet name={words.queue.downOne(name)} focus={down} onPress={() => move(1)}>
        {words.queue.down}
      </ActionButton>
      <ActionButton
        quiet
        name={words.queue.cancelOne(name)}
        onPress={() => {
          panel.queue.cancel(run.id)
          mainButton.current?.focus()
        }}
      >
        ×
      </ActionButton>
    </div>
  )
}

const titleOf = ({ recipe }: Run): string =>
  joined(recipe.prompt.trim() || words.prompt.empty, followingInWords(followingOf(recipe)))

const seedOf = ({ recipe: { seed } }: Run): string => (seed === undefined ? '' : words.queue.seed(seed))

/** What tells it from all others, for those who cannot see the rest of its line. */
const nameOf = (run: Run): string => joined(shortened(titleOf(run)), seedOf(run))

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ')
