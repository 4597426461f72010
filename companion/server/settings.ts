import { readFileSync } from 'node:fs'
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { isAbsolute, join } from 'node:path'
import {
  companionSettingsSchema,
  type CompanionSettings,
  LEAST_MEMORY,
  type SettingName,
  type SettingsChange,
  type SettingsNow,
} from '../../shared/companion-settings.ts'
import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { check, parseJson } from '../../shared/read-message.ts'
import { writeWhole } from '../files/write-whole.ts'

const FILE = 'settings.json'

/** What panels may set of this companion. */
export interface Settings {
  now(): SettingsNow
  /** Resolves once the companion works as asked, and keeps it for the next time; throws `setting-invalid`, and nothing has changed. */
  change(change: SettingsChange): Promise<void>
}

/** Has the companion work after these; rejects where that cannot be. */
type Apply = (wanted: SettingsNow, before: SettingsNow) => Promise<void>

/**
 * The settings kept in a folder. What the start line says (`fixed`) holds before them, `usual` where neither says anything.
 * Throws `setting-invalid` for a file that is none of ours.
 */
export function openSettings(
  folder: string,
  fixed: CompanionSettings,
  usual: Omit<SettingsNow, 'fixed' | 'folder'>,
): Settings & {
  /** Who has the companion work after what is set. */
  onChange(apply: Apply): void
} {
  const file = join(folder, FILE)
  let kept = readKept(file)
  let apply: Apply = () => Promise.resolve()
  let turn = Promise.resolve()
  const fixedNames = Object.keys(fixed) as SettingName[]
  const holding = (settings: CompanionSettings): SettingsNow => {
    const { device, quota, memory, folder } = { ...settings, ...fixed }
    return {
      device: device ?? usual.device,
      quota: quota ?? usual.quota,
      memory: memory ?? usual.memory,
      ...(folder !== undefined && { folder }),
      fixed: fixedNames,
    }
  }

  const change = async (changes: SettingsChange): Promise<void> => {
    const names = Object.keys(changes) as SettingName[]
    for (const name of names) if (fixedNames.includes(name)) throw saidByStartLine(name)
    await refuseWrong(changes)
    const all = Object.entries({ ...kept, ...changes }).filter(([, value]) => value !== null)
    const next = check(companionSettingsSchema, Object.fromEntries(all), 'setting-invalid')
    await apply(holding(next), holding(kept))
    kept = next
    await mkdir(folder, { recursive: true })
    await writeWhole(file, Buffer.from(`${JSON.stringify(kept, null, 2)}\n`))
  }

  return {
    now: () => holding(kept),
    onChange: (given) => void (apply = given),
    change(changes) {
      // One after the other: each begins with what the one before it led to.
      const changed = turn.then(() => change(changes))
      turn = changed.catch(() => undefined)
      return changed
    },
  }
}

/** The models folder that was set for a person's Imprint, whose data lies in `folder`; throws like `openSettings`. */
export const folderSet = (folder: string): string | undefined => readKept(join(folder, FILE)).folder

function readKept(file: string): CompanionSettings {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw new ImprintError('setting-invalid', `${file} cannot be read: the system says ${code}. Make it readable.`, {
      cause,
    })
  }
  try {
    return check(companionSettingsSchema, parseJson(text), 'setting-invalid')
  } catch (cause) {
    const why = asImprintError(cause).message.replace(/\.$/, '')
    throw new ImprintError('setting-invalid', `${file}: ${why}. Correct it, or delete the file to begin anew.`, {
      cause,
    })
  }
}

/** The options of `imprint serve` that say the same. */
const OPTIONS: Readonly<Record<SettingName, string>> = {
  device: '--device',
  quota: '--quota',
  memory: '--memory',
  folder: '--models',
}

const saidByStartLine = (name: SettingName): ImprintError =>
  new ImprintError(
    'setting-invalid',
    `The companion was started with ${OPTIONS[name]}: start it without that to set it here.`,
  )

async function refuseWrong({ folder, memory }: SettingsChange): Promise<void> {
  if (typeof folder === 'string') await refuseFolder(folder)
  if (typeof memory !== 'number') return
  const most = totalmem()
  if (memory >= LEAST_MEMORY && memory <= most) return
  const [least, all] = [LEAST_MEMORY, most].map((bytes) => Math.floor(bytes / 2 ** 20))
  throw new ImprintError(
    'setting-invalid',
    `Memory for models: give from ${least!} to ${all!} MB, which is all there is.`,
  )
}

/** Throws `setting-invalid` for what is no folder that models can be read from. */
async function refuseFolder(folder: string): Promise<void> {
  const refuse = (why: string, cause?: unknown): ImprintError =>
    new ImprintError('setting-invalid', why, cause === undefined ? undefined : { cause })
  if (!isAbsolute(folder)) throw refuse(`“${folder}” is not a whole path: write it from the root of the disk on.`)
  try {
    const found = await stat(folder)
    if (!found.isDirectory()) throw refuse(`${folder} is a file: name the folder it lies in.`)
    await access(folder, constants.R_OK | constants.X_OK)
  } catch (thrown) {
    if (thrown instanceof ImprintError) throw thrown
    const { code = '' } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse(`There is no folder ${folder}: look at its name.`, thrown)
    throw refuse(`${folder} cannot be read: the system says ${code}. Allow it, or name another folder.`, thrown)
  }
}
