import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compositeDocument } from '../../plugin/studio/double/composite.ts'
import { blankDocument } from '../../plugin/studio/double/blank-document.ts'
import { type LayerState, newLayer } from '../../plugin/studio/double/document-state.ts'
import { filled } from '../../plugin/studio/double/surface.ts'

const ALL = { left: 0, top: 0, right: 2, bottom: 1 }
const paint = (colour: readonly number[], bounds = ALL): LayerState => newLayer(1, 'a', filled(bounds, 8, colour))
const look = (...layers: LayerState[]): number[] => [
  ...compositeDocument({ ...blankDocument({ width: 2, height: 1 }), layers }).data,
]
const group = (children: LayerState[], fields: Partial<LayerState> = {}): LayerState => ({
  ...newLayer(9, 'g', filled({ ...ALL, right: 0 }, 8, [0, 0, 0, 0])),
  kind: 'group',
  blendMode: 'pass through',
  children,
  ...fields,
})

const WHITE = paint([255, 255, 255, 255])
const RED = [200, 0, 0, 255] as const

test('the front layer covers, hidden ones do not, nothing is clear', () => {
  assert.deepEqual(look(paint(RED), WHITE), [...RED, ...RED])
  assert.deepEqual(look({ ...paint(RED), visible: false }, WHITE), Array(8).fill(255))
  assert.deepEqual(look(), Array(8).fill(0))
})

test('half over white is half way, over nothing it keeps its colour', () => {
  const half = paint([200, 0, 0, 128])
  assert.deepEqual(look(half, WHITE).slice(0, 4), [227, 127, 127, 255])
  assert.deepEqual(look(half).slice(0, 4), [200, 0, 0, 128])
})

test('opacity and fill opacity multiply', () => {
  const quarter = { ...paint(RED), opacity: 50, fillOpacity: 50 }
  assert.deepEqual(look(quarter).slice(0, 4), [200, 0, 0, 64])
})

test('two half clear layers add up to three quarters', () => {
  assert.deepEqual(look(paint([0, 0, 0, 128]), paint([255, 255, 255, 128])).slice(0, 4), [85, 85, 85, 192])
})

test('a mask hides, outside its pixels by its one value; switched off it does nothing', () => {
  const surface = filled({ ...ALL, right: 1 }, 8, [51])
  const masked = (outside: number, enabled = true) => look({ ...paint(RED), mask: { surface, outside, enabled } })
  assert.deepEqual(masked(0), [200, 0, 0, 51, 0, 0, 0, 0])
  assert.deepEqual(masked(255), [200, 0, 0, 51, ...RED])
  assert.deepEqual(masked(0, false), [...RED, ...RED])
})

test('a group hides and fades what it holds, as one picture', () => {
  const two = [paint(RED), paint([0, 200, 0, 255])]
  assert.deepEqual(look(group(two, { visible: false })), Array(8).fill(0))
  assert.deepEqual(look(group(two), WHITE), [...RED, ...RED])
  assert.deepEqual(look(group(two, { opacity: 50 })).slice(0, 4), [200, 0, 0, 128])
})

test('what is clipped to a layer is seen where that is, as much as that is, and not at all without it', () => {
  const half = paint([0, 0, 200, 128], { ...ALL, right: 1 })
  const clipped = { ...paint(RED), clipping: true }
  assert.deepEqual(look(clipped, half), [200, 0, 0, 128, 0, 0, 0, 0])
  assert.deepEqual(look({ ...clipped, opacity: 50 }, half).slice(0, 4), [100, 0, 100, 128])
  assert.deepEqual(look(clipped, { ...paint(RED), opacity: 50 }).slice(0, 4), [200, 0, 0, 128])
  assert.deepEqual(look(clipped, { ...half, visible: false }, WHITE), Array(8).fill(255))
  assert.deepEqual(look({ ...clipped, visible: false }, half), look(half))
  assert.deepEqual(look(group([clipped, half])), [200, 0, 0, 128, 0, 0, 0, 0])
  // With nothing below there is nothing to be clipped to.
  assert.deepEqual(look(clipped), [...RED, ...RED])
})

test('what lies outside the canvas is not seen', () => {
  assert.deepEqual(look(paint(RED, { left: -3, top: -3, right: 1, bottom: 9 })), [...RED, 0, 0, 0, 0])
})
