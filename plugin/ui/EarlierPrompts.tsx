import { useRef, useState } from 'react'
import { usePanel, usePanelState } from './panel-context.ts'
import { shortened } from './shortened.ts'
import { TAKES_ESCAPE } from './takes-escape.ts'
import { ActionButton } from './widgets/Button.tsx'
import { useHostEvent } from './widgets/host-element.ts'
import { Menu } from './widgets/Menu.tsx'
import { words } from './words/words.ts'
import { isKeyEvent } from './widgets/key-event.ts'

const LONGEST = 60

/** The prompts of earlier pictures, to take one again; nothing before the first. */
export function EarlierPrompts() {
  const panel = usePanel()
  const { earlierPrompts } = usePanelState()
  const [open, setOpen] = useState(false)
  const ref = useRef<HTMLDivElement>(null)
  const button = useRef<{ focus(): void }>(null)
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  useHostEvent(ref, 'keydown', (event) => {
    if (open && isKeyEvent(event) && event.key === 'Escape') close()
  })
  return (
    <div ref={ref} className={open ? TAKES_ESCAPE : undefined}>
      {earlierPrompts.length > 0 && (
        <div className="row flush">
          <ActionButton quiet open={open} focus={button} onPress={() => setOpen(!open)}>
            {words.opens(words.prompt.earlier, open)}
          </ActionButton>
        </div>
      )}
      {open && (
        <Menu
          items={earlierPrompts.map((prompt) => shortened(prompt, LONGEST))}
          onChoose={(at) => {
            panel.change({ prompt: earlierPrompts[at] ?? '' })
            close()
          }}
        />
      )}
    </div>
  )
}
