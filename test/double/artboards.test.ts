import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Layer, readPsd, writePsdUint8Array } from 'ag-psd'
import { createHost } from '../../plugin/studio/double/host.ts'

const BOARD = { left: 2, top: 1, right: 8, bottom: 5 }

/** A document of 10 x 6 with an artboard that a red square hangs out of, and a plain group. */
function openBoard(backgroundType = 1) {
  const { controls, photoshop } = createHost()
  const red: Layer = {
    name: 'red',
    id: 3,
    left: 0,
    top: 0,
    right: 4,
    bottom: 4,
    imageData: { width: 4, height: 4, data: new Uint8ClampedArray(64).map((_, i) => [255, 0, 0, 255][i % 4]!) },
  }
  const children: Layer[] = [
    { name: 'group', id: 4, children: [] },
    { name: 'board', id: 2, children: [red], artboard: { rect: BOARD, backgroundType } },
  ]
  controls.openFile(writePsdUint8Array({ width: 10, height: 6, children }, { noBackground: true }), 'boards.psd')
  return { controls, photoshop }
}

const get = (id: number) => ({ _obj: 'get', _target: [{ _ref: 'layer', _id: id }] })

test('batchPlay tells the rectangle of an artboard, in plain numbers, and nothing of the kind for other layers', async () => {
  const { photoshop } = openBoard()
  const [board, group, red] = await photoshop.action.batchPlay([get(2), get(4), get(3)])
  assert.equal(board!['artboardEnabled'], true)
  const { artboardRect } = board!['artboard'] as { artboardRect: object }
  assert.deepEqual(artboardRect, { _obj: 'classFloatRect', ...BOARD })
  assert.deepEqual([group!['artboard'], red!['artboard']], [undefined, undefined])
})

test('an artboard is white where nothing lies on it, and what hangs out of it is cut off', () => {
  const at = (type: number, x: number, y: number): number[] => {
    const { data } = openBoard(type).controls.picture()
    return [...data.slice((y * 10 + x) * 4, (y * 10 + x) * 4 + 4)]
  }
  assert.deepEqual(at(1, 0, 0), [0, 0, 0, 0])
  assert.deepEqual(at(1, 3, 2), [255, 0, 0, 255])
  assert.deepEqual(at(1, 6, 2), [255, 255, 255, 255])
  assert.deepEqual(at(3, 6, 2), [0, 0, 0, 0])
})

test('a new layer of a selected open artboard lies in it; saved and opened again, it is an artboard still', async () => {
  const { controls, photoshop } = openBoard()
  controls.selectLayers([2])
  await photoshop.core.executeAsModal(() => photoshop.app.activeDocument!.createPixelLayer({ name: 'new' }), {
    commandName: 'test',
  })
  assert.deepEqual(
    controls.layerNamed('board').children!.map(({ name }) => name),
    ['new', 'red'],
  )
  const file = controls.save()
  const saved = readPsd(file, { useImageData: true }).children!.find(({ name }) => name === 'board')
  assert.deepEqual(saved?.artboard?.rect, BOARD)
  controls.openFile(file, 'again.psd')
  assert.deepEqual(controls.layerNamed('board').artboard, { bounds: BOARD, isWhite: true })
})
