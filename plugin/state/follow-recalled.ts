import type { SelectedLayer } from '../host/host.ts'
import { lookOf } from '../../shared/look.ts'
import { readMemory, type Memory } from './memory.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import type { Recalled } from './taking.ts'

/**
 * Tells the panel whether the one selected layer was made by Imprint: the layer itself remembers, and where that got lost, the
 * companion may keep a picture that looks just like it.
 */
export function createRecallFollower(
  { host, companion }: Surroundings,
  { state, dispatch }: Store,
): { readonly look: () => Promise<void> } {
  /**
   * What the companion said of layers, at that point of the history: asking again would say the same, and reading pixels ends in a
   * notification of its own.
   */
  const seen = new Map<string, Memory | undefined>()
  let turn = 0

  const byLook = async ({ layer }: SelectedLayer): Promise<Memory | undefined> => {
    const key = `${layer.documentId} ${layer.layerId} ${host.historyOf(layer.documentId)}`
    if (seen.has(key) || companion.status.kind !== 'ready') return seen.get(key)
    const picture = await host.layerLook(layer)
    const found = picture && (await companion.earlier.list({ look: lookOf(picture) })).earlier[0]
    seen.set(key, found && { recipe: found.recipe, references: [] })
    return seen.get(key)
  }

  const recalledOf = async (selected: SelectedLayer): Promise<Recalled | undefined> => {
    const { layer, name } = selected
    const { memory: json } = await host.recall(layer)
    const own = json === undefined ? undefined : readMemory(json)
    const memory = own ?? (selected.isGroup ? undefined : await byLook(selected))
    return memory && { layer, name, memory, by: own ? 'memory' : 'look', ...(own && json !== undefined && { json }) }
  }

  return {
    async look() {
      const mine = ++turn
      const { selection } = state()
      const [one, ...others] = selection.kind === 'layers' ? selection.layers : []
      const recalled = one && others.length === 0 ? await recalledOf(one).catch(() => undefined) : undefined
      // Of what is no longer selected nothing is told: the next look is at what is.
      if (mine === turn && state().selection === selection) dispatch({ type: 'recalled', recalled })
    },
  }
}
