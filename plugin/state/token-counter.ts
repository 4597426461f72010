import { recipeOf } from './draft.ts'
import type { PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Milliseconds without a change before a prompt is counted. */
const PAUSE = 150
/** No recipe may have a longer prompt. */
const LONGEST = 10_000

/** Keeps the number of the prompt's tokens true while a person types. */
export interface TokenCounter {
  /** Something may have changed that the count depends on. */
  readonly look: () => void
  /** Counts nothing any more. */
  readonly stop: () => void
}

/** Asks the companion once typing pauses, for one prompt at a time; of those that come meanwhile only the latest counts. */
export function createTokenCounter({ companion }: Surroundings, { state, dispatch }: Store): TokenCounter {
  let asked: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAsking = false

  const question = () => {
    const { prompt, notation, checkpoint } = recipeOf(state().recipe, 0)
    return { prompt, ...(notation && { notation }), ...(checkpoint !== undefined && { checkpoint }) }
  }

  const show = (tokens: PanelState['tokens']): void => {
    if (tokens !== state().tokens) dispatch({ type: 'tokens', tokens })
  }

  const ask = async (): Promise<void> => {
    timer = undefined
    const wanted = question()
    const key = JSON.stringify(wanted)
    if (isAsking || key === asked) return
    asked = key
    if (wanted.prompt.trim() === '' || wanted.prompt.length > LONGEST) return show(undefined)
    isAsking = true
    const tokens = await companion.countTokens(wanted).catch(() => undefined)
    isAsking = false
    if (tokens === undefined) asked = undefined
    show(tokens)
    if (tokens !== undefined) look()
  }

  const look = (): void => {
    if (companion.status.kind !== 'ready' || JSON.stringify(question()) === asked) return
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), PAUSE)
  }

  return { look, stop: () => clearTimeout(timer) }
}
