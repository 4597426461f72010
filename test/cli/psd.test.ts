/** Does the command do the panel's job: the result as a new layer right above its reference, all else as it was? */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readPsd, writePsdBuffer, type Layer, type PixelData } from 'ag-psd'
import { readPicture } from '../../companion/cli/pictures.ts'
import { openDocument } from '../../companion/cli/psd-document.ts'
import { imprint, type Ended } from '../support/cli.ts'
import { document16 } from '../support/psd16.ts'

const folder = mkdtempSync(join(tmpdir(), 'imprint-psd-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const FOX = join(import.meta.dirname, '../../plugin/studio/example/fox.psd')

const generate = (psd: string, layer: string, out: string): Promise<Ended> =>
  imprint(
    [
      ...['generate', '--psd', psd, '--layer', layer, '--prompt', 'a house', '--out', out],
      ...['--steps', '2', '--size', '64x64', '--seed', '1', '--device', 'cpu'],
    ],
    { cwd: folder },
  )

test('without a document to put it into, the picture is the one layer of a new one', async () => {
  const asked = ['--prompt', 'a house', '--steps', '2', '--size', '96x64', '--seed', '1', '--device', 'cpu']
  const out = join(folder, 'new.psd')
  for (const path of [out, join(folder, 'new.png')])
    assert.equal((await imprint(['generate', ...asked, '--out', path], { cwd: folder })).status, 0)
  const { width, height, children, imageData } = open(out)
  assert.deepEqual([width, height, children!.map(({ name }) => name)], [96, 64, ['Imprint: a house']])
  const [layer] = children!
  assert.deepEqual([layer!.left, layer!.top], [0, 0])
  const { data } = await readPicture(join(folder, 'new.png'))
  const colours = ({ data: rgba }: PixelData) => Buffer.from(rgba.filter((_, i) => i % 4 < 3)).toString('base64')
  assert.equal(colours(layer!.imageData!), Buffer.from(data).toString('base64'))
  assert.equal(colours(imageData!), Buffer.from(data).toString('base64'))
})

const open = (path: string) => readPsd(readFileSync(path), { useImageData: true, skipThumbnail: true })

/** A layer without what a program may set as it likes. */
const essence = ({ imageData, ...layer }: Layer): unknown => ({
  name: layer.name,
  place: [layer.left, layer.top, layer.right, layer.bottom],
  look: [layer.opacity, layer.blendMode, layer.hidden, layer.clipping],
  pixels: imageData && Buffer.from(imageData.data).toString('base64'),
  children: layer.children?.map(essence),
})

function flat(width: number, height: number, [r, g, b, a]: readonly [number, number, number, number]): PixelData {
  const data = new Uint8ClampedArray(4 * width * height)
  for (let i = 0; i < data.length; i += 4) data.set([r, g, b, a], i)
  return { width, height, data }
}

test('the new layer lies right above the reference, named by the prompt, and nothing else has changed', async () => {
  const { status, stderr } = await generate(FOX, 'fox', 'out.psd')
  assert.equal(stderr, '')
  assert.equal(status, 0)
  const [before, after] = [open(FOX), open(join(folder, 'out.psd'))]
  const names = after.children!.map(({ name }) => name)
  const at = names.indexOf('Imprint: a house')
  assert.equal(names[at - 1], 'fox')
  const made = after.children!.splice(at, 1)[0]!
  assert.deepEqual(after.children!.map(essence), before.children!.map(essence))
  assert.deepEqual([after.width, after.height], [before.width, before.height])

  const side = Math.min(after.width, after.height)
  assert.deepEqual([made.imageData!.width, made.imageData!.height], [side, side])
  assert.deepEqual([made.left, made.top], [(after.width - side) / 2, (after.height - side) / 2].map(Math.floor))
  assert.ok(new Set(made.imageData!.data).size > 50, 'a picture, not one colour')
})

test('inside a group it stays inside, and the document may be written over itself', async () => {
  const path = join(folder, 'groups.psd')
  const pixels = flat(20, 10, [200, 30, 0, 255])
  const layer = (name: string): Layer => ({ name, left: 3, top: 4, imageData: pixels })
  const children = [
    layer('below'),
    { name: 'outer', children: [{ name: 'inner', children: [layer('first'), layer('wanted'), layer('last')] }] },
    layer('above'),
  ]
  writeFileSync(path, writePsdBuffer({ width: 100, height: 60, children }))
  const before = open(path)

  const { status, stderr } = await generate('groups.psd', 'wanted', 'groups.psd')
  assert.equal(stderr, '')
  assert.equal(status, 0)
  const after = open(path)
  const inner = after.children![1]!.children![0]!
  assert.deepEqual(
    inner.children!.map(({ name }) => name),
    ['first', 'wanted', 'Imprint: a house', 'last'],
  )
  inner.children!.splice(2, 1)
  assert.deepEqual(after.children!.map(essence), before.children!.map(essence))
})

test('a layer without pixels is refused, a group is no layer', async () => {
  const children = [{ name: 'empty' }, { name: 'group', children: [{ name: 'inside' }] }]
  writeFileSync(join(folder, 'empty.psd'), writePsdBuffer({ width: 8, height: 8, children }))
  const empty = await generate('empty.psd', 'empty', 'out.psd')
  assert.equal(empty.stderr, 'The layer "empty" of empty.psd has no pixels. Name a layer that has.\n')
  assert.equal(empty.status, 2)
  const group = await generate('empty.psd', 'group', 'out.psd')
  assert.equal(group.stderr, 'empty.psd has no layer "group"; it has "empty", "inside". Name one of these.\n')
  assert.equal(group.status, 2)
})

test('a layer of 16 bits is a reference as good as any; to write such a document is refused before the work', async () => {
  const path = join(folder, 'deep.psd')
  writeFileSync(path, document16('deep', { width: 3, height: 2 }, [65535, 32896, 257]))
  const { reference } = await openDocument(path, 'deep')
  assert.deepEqual([reference.width, reference.height, reference.channels], [3, 2, 4])
  assert.deepEqual([...reference.data.subarray(0, 4)], [255, 128, 1, 255])

  const made = await generate('deep.psd', 'deep', 'deep.png')
  assert.equal(made.stderr, '')
  assert.equal(made.status, 0)

  const refused = await generate('deep.psd', 'deep', 'deep-out.psd')
  assert.match(
    refused.stderr,
    /^deep\.psd has 16 bits per channel; .+ Convert it in Photoshop, or name a \.png to write\.\n$/,
  )
  assert.equal(refused.status, 2)
  assert.ok(!readdirSync(folder).includes('deep-out.psd'))
})
