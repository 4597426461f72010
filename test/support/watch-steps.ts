import assert from 'node:assert/strict'
import type { StudioHost } from '../../plugin/studio/double/host.ts'
import { SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import { walk } from '../../plugin/studio/double/layer-tree.ts'
import { recipeSchema } from '../../shared/recipe.ts'

type Controls = StudioHost['controls']

/** A result that the panel says it put into a document, and the history step it promised. */
export interface Accepted {
  readonly layer: { readonly documentId: number; readonly layerId: number }
  /** The other layers of the same step: those of a sweep, and the group around them. */
  readonly others?: readonly number[]
  readonly name: string
}

/** A line that appeared in a history while nobody touched the document, and what it did to the layers. */
interface Step {
  readonly documentId: number
  readonly name: string
  readonly added: readonly number[]
  readonly removed: readonly number[]
}

interface Seen {
  readonly names: readonly string[]
  readonly position: number
  /** The layers at that line. */
  readonly ids: readonly number[]
}

/**
 * Keeps account of every document's history: lines that a script adds must be those of the results that were accepted, one each, and
 * a layer that nobody made by hand must be one of those results'.
 */
export function watchSteps(controls: Controls) {
  const accepted: Accepted[] = []
  const steps: Step[] = []
  const seen = new Map<number, Seen>()
  /** The layers that a file of this title had at first. */
  const own = new Map<string, readonly number[]>()
  /** A document that is opened again has another id, but its title. */
  const titles = new Map<number, string>()
  let isByHand = false

  const resultsIn = (title: string): readonly number[] =>
    accepted.flatMap(({ layer, others = [] }) =>
      titles.get(layer.documentId) === title ? [layer.layerId, ...others] : [],
    )

  const look = (): void => {
    for (const { id: documentId, title, state, history } of controls.documents()) {
      const last = seen.get(documentId)
      const isSame = last?.position === history.position && last.names.length === history.names.length
      // Between lines a document is in the middle of a step.
      if (isSame && !isByHand) continue
      const ids = [...walk(state.layers)].map(({ id }) => id)
      seen.set(documentId, { ...history, ids })
      titles.set(documentId, title)
      if (!own.has(title)) own.set(title, ids)
      if (isByHand) continue
      assert.ok(last, 'A script opened a document.')
      const name = history.names.at(-1)!
      assert.deepEqual(history.names, [...last.names.slice(0, last.position + 1), name], 'One line was added.')
      steps.push({
        documentId,
        name,
        added: ids.filter((id) => !last.ids.includes(id)),
        removed: last.ids.filter((id) => !ids.includes(id)),
      })
    }
  }
  const stop = controls.subscribe(look)

  return {
    accepted,
    stop,
    accept: (result: Accepted): void => void accepted.push(result),
    /** What happens in here is the person's doing. */
    byHand(act: () => void): void {
      isByHand = true
      try {
        act()
        look()
      } finally {
        isByHand = false
      }
    },
    check(): void {
      const wordsOf = ({ documentId, name }: { documentId: number; name: string }) => `${documentId}: ${name}`
      assert.deepEqual(
        steps.map(wordsOf),
        accepted.map(({ layer, name }) => wordsOf({ ...layer, name })),
        'One history step for each accepted result.',
      )
      const there = new Set<string>()
      for (const [i, { name, added, removed }] of steps.entries()) {
        const { layer, others = [] } = accepted[i]!
        const wanted = [layer.layerId, ...others].map((id) => ({ id, key: `${layer.documentId} ${id}` }))
        const fresh = wanted.filter(({ key }) => !there.has(key)).map(({ id }) => id)
        assert.deepEqual({ added: sorted(added), removed }, { added: sorted(fresh), removed: [] }, name)
        for (const { key } of wanted) there.add(key)
      }
      for (const { title, state } of controls.documents()) {
        const known = [...(own.get(title) ?? []), ...resultsIn(title)]
        for (const layer of walk(state.layers)) {
          assert.ok(known.includes(layer.id), `“${layer.name}” of ${title} belongs to no result.`)
          if (own.get(title)?.includes(layer.id) || layer.children !== null) continue
          const { recipe } = JSON.parse(layer.settings[SETTINGS_KEY] ?? '{}') as { recipe?: unknown }
          assert.ok(recipeSchema.safeParse(recipe).success, `“${layer.name}” does not remember how it was made.`)
          assert.ok(layer.surface.data.length > 0, `“${layer.name}” is empty.`)
        }
      }
    },
  }
}

const sorted = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b)
