import { commandFailure, type Descriptor, isDescriptor, numberIn, readReference } from './action-reference.ts'
import { commit } from './history.ts'
import { editLayer } from './layer-edits.ts'
import type { LayerState } from './document-state.ts'
import type { Session } from './session.ts'

/** `set`: generator settings of a layer, the document's XMP, or opacity, name and the like of a layer. */
export function setProperty(session: Session, command: Descriptor): Descriptor {
  const { property, layer, document } = readReference(session, command['_target'])
  const to = command['to']
  if (!isDescriptor(to)) throw commandFailure('The command "set" needs a descriptor "to".')
  if (property === 'generatorSettings') {
    const key = command['property']
    const json = to['json']
    if (session.switches.generatorSettingsFail) throw commandFailure('The command "set" is not currently available.')
    if (!layer) throw commandFailure('The double keeps generatorSettings of layers only.')
    if (typeof key !== 'string' || typeof json !== 'string')
      throw commandFailure('Setting generatorSettings needs "property" and "to.json".')
    editLayer(session, document, layer.id, 'Set Generator Settings', { settings: { ...layer.settings, [key]: json } })
    return {}
  }
  const xmp = to['XMPMetadataAsUTF8']
  if (typeof xmp === 'string' && !layer) {
    commit(session, document, 'Set Metadata', { ...document.state, xmp })
    return {}
  }
  if (!layer) throw commandFailure(`The property "${String(property)}" cannot be set.`)
  editLayer(session, document, layer.id, 'Set Layer', fieldsOf(to))
  return {}
}

function fieldsOf(to: Descriptor): Partial<LayerState> {
  const { name } = to
  const opacity = numberIn(to['opacity'])
  const fields: { name?: string; opacity?: number } = {}
  if (typeof name === 'string') fields.name = name
  if (opacity !== undefined) fields.opacity = Math.min(100, Math.max(0, opacity))
  if (Object.keys(fields).length === 0)
    throw commandFailure('The command "set" names no property that the double knows.')
  return fields
}
