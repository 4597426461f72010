import { companion } from './english/companion.ts'
import { earlier } from './english/earlier.ts'
import { imprint } from './english/imprint.ts'
import { loras } from './english/loras.ts'
import { presets } from './english/presets.ts'
import { progress } from './english/progress.ts'
import { prompt } from './english/prompt.ts'
import { queue } from './english/queue.ts'
import { references } from './english/references.ts'
import { result } from './english/result.ts'
import { settings } from './english/settings.ts'
import { structure } from './english/structure.ts'
import { sweep } from './english/sweep.ts'
import { variations } from './english/variations.ts'
import { where } from './english/where.ts'

/** The panel's words in English, a file for each part; what a sentence needs comes as arguments, so that any order of words can be written. */
export const english = {
  companion,
  references,
  prompt,
  presets,
  loras,
  structure,
  where,
  imprint,
  notice: {
    ok: 'OK',
    hostIsBusy: 'Photoshop is busy: finish the open dialog, transform or text edit, and Imprint goes on.',
  },
  result,
  sweep,
  variations,
  queue,
  earlier,
  settings,
  progress,
  /** How near a picture is to its reference: a hint, never a grade. */
  likeness: {
    close: 'Follows the reference closely.',
    some: 'Follows the reference somewhat.',
    little: 'Follows the reference little.',
  },
  likenessHelp: (percent: number) => `${percent} % alike in CLIP’s eyes: a hint, not a grade`,
  /** A button that opens something, by whether it is open. */
  opens: (what: string, isOpen: boolean) => `${isOpen ? '−' : '+'} ${what}`,
}
