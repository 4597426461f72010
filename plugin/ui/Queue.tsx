import { useEffect, useRef, useState } from 'react'
import type { Run } from '../state/runs.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { progressText } from './progress.ts'
import { mainButton } from './main-button.ts'
import { shortened } from './shortened.ts'
import { ActionButton } from './widgets/Button.tsx'
import { useHostEvent } from './widgets/host-element.ts'

/** The pictures behind the one that is being made: each can go up, down or away. Nothing while there is none. */
export function Queue() {
  const panel = usePanel()
  const { runs } = usePanelState()
  const [said, setSaid] = useState('')
  const waiting = runs.slice(1)
  if (waiting.length === 0) return null
  return (
    <section className="section" aria-label="Waiting pictures">
      <h2 className="heading">{waiting.length === 1 ? 'Then' : `Then ${waiting.length} more`}</h2>
      <div role="list">
        {waiting.map((run, at) => (
          <Waiting
            key={run.id}
            run={run}
            at={at}
            onMove={(by) => {
              panel.queue.move(run.id, by)
              setSaid(whereNow(run, at + by, waiting.length))
            }}
          />
        ))}
      </div>
      <p className="hint" role="status">
        {said}
      </p>
      {waiting.length > 1 && (
        <div className="row">
          <ActionButton
            quiet
            onPress={() => {
              panel.queue.cancelAll()
              mainButton.current?.focus()
            }}
          >
            Cancel all
          </ActionButton>
        </div>
      )}
    </section>
  )
}

interface WaitingProps {
  readonly run: Run
  readonly at: number
  readonly onMove: (by: -1 | 1) => void
}

/** One of them; the arrow keys move it while the focus is on one of its buttons. */
function Waiting({ run, at, onMove }: WaitingProps) {
  const panel = usePanel()
  const ref = useRef<HTMLDivElement>(null)
  const [up, down] = [useRef<{ focus(): void }>(null), useRef<{ focus(): void }>(null)]
  const pressed = useRef<-1 | 1>(undefined)
  const name = titleOf(run)
  const move = (by: -1 | 1): void => {
    pressed.current = by
    onMove(by)
  }
  useHostEvent(ref, 'keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(event.key === 'ArrowUp' ? -1 : 1)
  })
  // Whatever changes its place in the page loses the focus.
  useEffect(() => {
    if (pressed.current !== undefined) (pressed.current === -1 ? up : down).current?.focus()
    pressed.current = undefined
  }, [at, up, down])
  return (
    <div className="title" role="listitem" ref={ref}>
      <div className="card-side flush-left">
        <p className="name figures" title={name}>
          {name}
        </p>
        <p className="hint figures">{progressText(run)}</p>
      </div>
      <ActionButton quiet name={`Up: ${name}`} focus={up} onPress={() => move(-1)}>
        Up
      </ActionButton>
      <ActionButton quiet name={`Down: ${name}`} focus={down} onPress={() => move(1)}>
        Down
      </ActionButton>
      <ActionButton
        quiet
        name={`Cancel: ${name}`}
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

const titleOf = ({ recipe: { prompt, seed } }: Run): string => {
  const words = shortened(prompt.trim())
  return [words === '' ? 'No words' : words, ...(seed === undefined ? [] : [`seed ${seed}`])].join(' · ')
}

const whereNow = (run: Run, to: number, count: number): string =>
  to < 0 || to >= count ? '' : `${titleOf(run)}: now ${to + 1} of ${count}.`
