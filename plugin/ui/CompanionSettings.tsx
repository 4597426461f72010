import { useState } from 'react'
import type { SettingName, SettingsChange } from '../../shared/companion-settings.ts'
import type { CompanionFacts } from '../state/companion-facts.ts'
import { bytesInWords } from './bytes.ts'
import { Fact } from './Fact.tsx'
import { OptionalNumber } from './OptionalNumber.tsx'
import { usePanel, usePanelState } from './panel-context.ts'
import { ActionButton } from './widgets/Button.tsx'
import { TextField } from './widgets/Field.tsx'
import { Picker } from './widgets/Picker.tsx'
import { words } from './words/words.ts'

interface CompanionSettingsProps {
  readonly facts: CompanionFacts
  readonly onChanged: (facts: CompanionFacts) => void
}

/** Where the companion computes, looks for models, and how much room it takes: shown, and changed where its start line leaves that open. */
export function CompanionSettings({ facts: { about }, onChanged }: CompanionSettingsProps) {
  const panel = usePanel()
  const [said, setSaid] = useState('')
  const [wanted, setWanted] = useState<SettingsChange>({})
  const { settings, memory, space, folders } = about
  const [folder = ''] = folders
  const isFixed = (name: SettingName): boolean => settings.fixed.includes(name)
  const fixedHint = (name: SettingName): string | undefined => (isFixed(name) ? words.settings.fixed : undefined)

  const set = async (change: SettingsChange): Promise<void> => {
    setWanted(change)
    setSaid(words.settings.changing)
    const outcome = await panel.configure(change)
    setWanted({})
    setSaid(typeof outcome === 'string' ? outcome : words.settings.changed)
    if (typeof outcome !== 'string') onChanged(outcome)
  }

  return (
    <>
      <Fact
        name={words.settings.folder}
        says={folder}
        isPath
        hint={fixedHint('folder')}
        action={
          <ActionButton onPress={() => void panel.copy(folder)} title={words.settings.copyFolder}>
            {words.settings.copy}
          </ActionButton>
        }
      />
      {!isFixed('folder') && (
        <>
          <span>{words.settings.otherFolder}</span>
          <TextField
            label={words.settings.otherFolder}
            value={settings.folder ?? ''}
            placeholder={words.settings.otherFolderExample}
            onCommit={(text) => {
              const typed = text.trim()
              if (typed !== (settings.folder ?? '')) void set({ folder: typed === '' ? null : typed })
            }}
          />
        </>
      )}
      {/* In the middle of what it is about, so that it is in view beside each. */}
      <p className="sentence" role="status">
        {said}
      </p>
      <Device
        isFixed={isFixed('device')}
        value={wanted.device ?? settings.device}
        onChoose={(device) => void set({ device })}
      />
      <Fact
        name={words.settings.memory}
        says={words.settings.free(bytesInWords(memory.free), bytesInWords(memory.total))}
        hint={fixedHint('memory')}
      >
        <Megabytes
          name={words.settings.memoryForModels}
          bytes={settings.memory}
          most={memory.total}
          isFixed={isFixed('memory')}
          onCommit={(bytes) => void set({ memory: bytes })}
        />
      </Fact>
      <Fact
        name={words.settings.earlier}
        says={words.settings.room(space.pictures, bytesInWords(space.bytes), bytesInWords(space.quota))}
        hint={fixedHint('quota') ?? words.settings.roomHint}
      >
        <Megabytes
          name={words.settings.roomForEarlier}
          bytes={settings.quota}
          most={Number.MAX_SAFE_INTEGER}
          isFixed={isFixed('quota')}
          onCommit={(bytes) => void set({ quota: bytes })}
        />
      </Fact>
    </>
  )
}

interface DeviceProps {
  readonly isFixed: boolean
  readonly value: keyof typeof words.settings.devices
  readonly onChoose: (device: DeviceProps['value']) => void
}

function Device({ isFixed, value, onChoose }: DeviceProps) {
  const { companion } = usePanelState()
  const reason = companion.kind === 'ready' ? companion.device?.reason : undefined
  return (
    <Fact
      name={words.settings.device}
      says={reason ?? words.settings.deviceUnknown}
      hint={isFixed ? words.settings.fixed : undefined}
    >
      {!isFixed && (
        <Picker label={words.settings.device} choices={words.settings.devices} value={value} onChoose={onChoose} />
      )}
    </Fact>
  )
}

const MEGABYTE = 2 ** 20

interface MegabytesProps {
  readonly name: string
  readonly bytes: number
  readonly most: number
  readonly isFixed: boolean
  /** Null has it as usual. */
  readonly onCommit: (bytes: number | null) => void
}

/** Bytes, shown and typed as megabytes. */
function Megabytes({ name, bytes, most, isFixed, onCommit }: MegabytesProps) {
  const value = Math.round(bytes / MEGABYTE)
  if (isFixed) return <p className="sentence">{words.settings.megabytes(name, value)}</p>
  return (
    <div className="fields">
      <span className="caption">{name}</span>
      <OptionalNumber
        label={name}
        range={{ least: 0, most: Math.floor(most / MEGABYTE), step: 1 }}
        value={value}
        onCommit={(typed) => {
          if (typed !== value) onCommit(typed === undefined ? null : typed * MEGABYTE)
        }}
      />
    </div>
  )
}
