import type { LayerRef } from './host.ts'
import type { PsAction } from '../types/photoshop.ts'

/** The key of Imprint's own entry in a layer's generator settings. */
export const SETTINGS_KEY = 'imprint'

/**
 * Keeps `memory` (JSON) in the layer's own metadata, which Photoshop saves in the PSD. Whether it worked: a layer
 * without its memory is still the picture the person asked for, so this never throws.
 */
export async function rememberOnLayer(action: PsAction, layer: LayerRef, memory: string): Promise<boolean> {
  const command = {
    _obj: 'set',
    ...settingsOf(layer),
    to: { _obj: 'null', json: memory },
  }
  try {
    const [answer] = await action.batchPlay([command], {})
    return !failed(answer)
  } catch {
    return false
  }
}

/** What `rememberOnLayer` left with a layer; undefined when that is nothing, or got lost. */
export async function memoryOf(action: PsAction, layer: LayerRef): Promise<string | undefined> {
  const command = {
    _obj: 'get',
    ...settingsOf(layer),
  }
  const [answer] = await action.batchPlay([command], {}).catch(() => [undefined])
  const settings = fieldOf(answer, 'generatorSettings')
  // Not every Photoshop puts it at the same place.
  return [settings, fieldOf(settings, SETTINGS_KEY), fieldOf(answer, SETTINGS_KEY)]
    .map((place) => fieldOf(place, 'json'))
    .find((json) => typeof json === 'string')
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined

/** What a command says of whose settings it is about. */
const settingsOf = ({ documentId, layerId }: LayerRef) => ({
  _target: [{ _property: 'generatorSettings' }, { _ref: 'layer', _id: layerId }, { _ref: 'document', _id: documentId }],
  property: SETTINGS_KEY,
  _options: { dialogOptions: 'silent' },
})

/** Photoshop reports most failures of a command as an answer, not as a rejection. */
const failed = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && '_obj' in answer && answer._obj === 'error'
