import { commandFailure, type Descriptor, readReference, type Target } from './action-reference.ts'
import type { LayerState } from './document-state.ts'
import type { Bounds } from './geometry.ts'
import { boundsOf, walk } from './layer-tree.ts'
import type { Session } from './session.ts'

/** Photoshop counts opacity in 255ths when asked through batchPlay. */
const OPACITY_STEPS = 255

/** `get`: one property, or every property known when the target names none. */
export function getProperty(session: Session, command: Descriptor): Descriptor {
  const target = readReference(session, command['_target'])
  const { property, layer } = target
  if (property === 'generatorSettings') return getSettings(target, command['property'])
  const known = layer ? describeLayer(layer) : describeDocument(target)
  if (property === null) return known
  if (!Object.hasOwn(known, property)) throw commandFailure(`The requested property "${property}" is not available.`)
  return { [property]: known[property] }
}

/** `multiGet`: several properties, of one target or (with `count: -1`) of every layer, front first. */
export function multiGet(session: Session, command: Descriptor): Descriptor {
  const wanted = command['extendedReference']
  const [names, range] = Array.isArray(wanted) ? (wanted as unknown[]) : []
  if (!Array.isArray(names)) throw commandFailure('multiGet needs an extendedReference with property names.')
  const pick = (known: Descriptor): Descriptor =>
    Object.fromEntries(names.map((name: unknown) => [String(name), known[String(name)]] as const))
  const target = readReference(session, command['_target'])
  if (typeof range !== 'object' || range === null)
    return pick(target.layer ? describeLayer(target.layer) : describeDocument(target))
  return { list: [...walk(target.document.state.layers)].map((layer) => pick(describeLayer(layer))) }
}

function getSettings({ layer, document }: Target, key: unknown): Descriptor {
  if (!layer) throw commandFailure('The double keeps generatorSettings of layers only.')
  const json = typeof key === 'string' && Object.hasOwn(layer.settings, key) ? layer.settings[key] : undefined
  if (json === undefined)
    throw commandFailure(`The requested property "generatorSettings" of layer ${layer.id} is not available.`)
  return { generatorSettings: { json }, documentID: document.id, layerID: layer.id }
}

function describeLayer(layer: LayerState): Descriptor {
  const pixels = (value: number) => ({ _unit: 'pixelsUnit', _value: value })
  const { left, top, right, bottom } = boundsOf(layer)
  const bounds = {
    _obj: 'rectangle',
    left: pixels(left),
    top: pixels(top),
    right: pixels(right),
    bottom: pixels(bottom),
  }
  const { locks } = layer
  return {
    layerID: layer.id,
    name: layer.name,
    visible: layer.visible,
    opacity: Math.round((layer.opacity / 100) * OPACITY_STEPS),
    fillOpacity: Math.round((layer.fillOpacity / 100) * OPACITY_STEPS),
    mode: { _enum: 'blendMode', _value: layer.blendMode },
    background: layer.isBackground,
    bounds,
    boundsNoEffects: bounds,
    hasUserMask: layer.mask !== null,
    ...(layer.artboard && artboardOf(layer.artboard.bounds)),
    layerLocking: {
      _obj: 'layerLocking',
      protectAll: locks.all,
      protectComposite: locks.pixels,
      protectPosition: locks.position,
      protectTransparency: locks.transparency,
    },
  }
}

/** As Photoshop tells it of artboards; plain numbers, unlike other bounds. */
const artboardOf = ({ left, top, right, bottom }: Bounds): Descriptor => ({
  artboardEnabled: true,
  artboard: { _obj: 'artboard', artboardRect: { _obj: 'classFloatRect', top, left, bottom, right } },
})

function describeDocument({ document }: Target): Descriptor {
  const { state, title, id, selectedIds } = document
  return {
    documentID: id,
    title,
    width: { _unit: 'distanceUnit', _value: (state.width * 72) / state.resolution },
    height: { _unit: 'distanceUnit', _value: (state.height * 72) / state.resolution },
    resolution: { _unit: 'densityUnit', _value: state.resolution },
    depth: state.depth,
    numberOfLayers: [...walk(state.layers)].length,
    targetLayersIDs: selectedIds.map((layer) => ({ _ref: 'layer', _id: layer })),
    XMPMetadataAsUTF8: state.xmp,
  }
}
