import { useRef } from 'react'
import { WEIGHT } from '../state/state.ts'
import { usePanel, usePanelState } from './panel-context.ts'
import { TextField } from './widgets/Field.tsx'
import { useHostEvent } from './widgets/host-element.ts'
import { Slider } from './widgets/Slider.tsx'

/** The host's slider knows whole numbers only. */
const PER_ONE = 100

/** How much the picture follows the reference: a slider and the number beside it; double-click brings the usual one. */
export function Weight() {
  const panel = usePanel()
  const { weight } = usePanelState()
  const number = useRef<HTMLDivElement>(null)
  const set = (value: number, released: boolean): void => void panel.setWeight(value, released)
  useHostEvent(number, 'dblclick', () => set(WEIGHT.usual, true))

  return (
    <div className="weight">
      <Slider
        label="Weight"
        min={WEIGHT.least * PER_ONE}
        max={WEIGHT.most * PER_ONE}
        value={Math.round(weight * PER_ONE)}
        keyStep={{ plain: 5, shift: 1 }}
        onMove={(value, released) => set(value / PER_ONE, released)}
      />
      <div className="number" ref={number}>
        <TextField
          label="Weight as a number"
          quiet
          value={weight.toFixed(2)}
          onCommit={(text) => {
            const typed = Number(text.replace(',', '.'))
            set(Number.isFinite(typed) && text.trim() !== '' ? typed : weight, true)
          }}
        />
      </div>
    </div>
  )
}
