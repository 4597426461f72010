import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readPsd, writePsdUint8Array, type Layer, type PixelData, type Psd } from 'ag-psd'
import { openDocument } from '../../companion/cli/psd-document.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())

const picture = { width: 8, height: 4, channels: 3, data: new Uint8Array(96).fill(9) } as const

function pixels(side: number, alpha: (i: number) => number): PixelData {
  const data = new Uint8ClampedArray(4 * side * side)
  for (let i = 0; i < side * side; i++) data.set([i, 2 * i, 3, alpha(i)], 4 * i)
  return { width: side, height: side, data }
}

/** A group with a masked layer "inside" between an opaque lowest layer and a half transparent uppermost one. */
function layered(noBackground: boolean): Uint8Array {
  const mask = { left: 2, top: 2, right: 6, bottom: 6, defaultColor: 0, imageData: pixels(4, () => 255) }
  const inside = { id: 7, name: 'inside', left: 2, top: 3, imageData: pixels(4, (i) => 16 * i), mask }
  const psd: Psd = {
    width: 16,
    height: 16,
    children: [
      { id: 1, name: 'lowest', imageData: pixels(16, () => 255) },
      { id: 2, name: 'group', opened: false, children: [inside, { id: 3, name: 'empty' }] },
      { id: 4, name: 'uppermost', opacity: 0.6, blendMode: 'multiply', hidden: true, imageData: pixels(3, () => 90) },
    ],
    imageResources: { xmpMetadata: '<x:xmpmeta>über</x:xmpmeta>', layerSelectionIds: [7] },
  }
  return writePsdUint8Array(psd, { noBackground })
}

async function saved(bytes: Uint8Array): Promise<{ before: Psd; after: Psd }> {
  const [from, to] = [temporary.put('from.psd', bytes), join(temporary.path, 'to.psd')]
  const document = await openDocument(from, 'inside')
  await document.save(to, { picture, name: 'Imprint: a house' })
  const read = (path: string) => readPsd(readFileSync(path), { useImageData: true })
  return { before: read(from), after: read(to) }
}

test('a layer inside a group gets its result there; every other layer, the XMP and the selection stay', async () => {
  const { before, after } = await saved(layered(true))
  const siblings = after.children![1]!.children!
  assert.deepEqual(
    siblings.map(({ name }) => name),
    ['inside', 'Imprint: a house', 'empty'],
  )
  const [made] = siblings.splice(1, 1)
  assert.deepEqual([made!.left, made!.top, made!.right, made!.bottom], [0, 4, 16, 12])
  assert.deepEqual([...made!.imageData!.data.slice(0, 4)], [9, 9, 9, 255])
  assert.deepEqual(after.children, before.children)
  assert.deepEqual(after.imageResources, before.imageResources)
  assert.deepEqual(after.imageResources!.layerSelectionIds, [7])
})

test('an opaque lowest layer stays a layer, and a Background a Background', async () => {
  const isBackground = (path: string) => {
    const [lowest] = readPsd(readFileSync(path), { useRawData: true }).children as [Layer]
    return lowest.rawData!.channels.every(({ id }: { readonly id: number }) => id !== -1)
  }
  for (const noBackground of [true, false]) {
    await saved(layered(noBackground))
    assert.equal(isBackground(join(temporary.path, 'from.psd')), !noBackground)
    assert.equal(isBackground(join(temporary.path, 'to.psd')), !noBackground)
  }
})

test('samples of 16 bits become 8; such a document is refused for writing before any work', async () => {
  const document = await openDocument(temporary.put('deep.psd', deep()), 'deep')
  assert.deepEqual([...document.reference.data], [255, 255, 255, 255, 128, 128, 128, 128])
  assert.throws(() => document.refuseUnwritable(), /deep\.psd has 16 bits per channel.*\.png/)
})

/** A document of 16 bits with one layer "deep" of two pixels, by Adobe's file format specification. */
function deep(): Buffer {
  const u16 = (...values: readonly number[]) => Buffer.from(values.flatMap((v) => [(v >> 8) & 255, v & 255]))
  const u32 = (...values: readonly number[]) => Buffer.concat(values.map((v) => u16(v >> 16, v)))
  const channels = [-1, 0, 1, 2]
  const samples = u16(0, 0xffff, 0x8000)
  const extra = Buffer.concat([u32(0, 0), Buffer.from('\x04deep\0\0\0')])
  const record = Buffer.concat([
    u32(0, 0, 1, 2),
    u16(channels.length, ...channels.flatMap((id) => [id, 0, samples.length])),
    Buffer.from('8BIMnorm'),
    Buffer.from([255, 0, 0, 0]),
    u32(extra.length),
    extra,
  ])
  const layers = Buffer.concat([u16(1), record, ...channels.map(() => samples)])
  const section = Buffer.concat([u32(0, 0), Buffer.from('8BIMLr16'), u32(layers.length), layers])
  const header = [Buffer.from('8BPS'), u16(1, 0, 0, 0, 3), u32(1, 2), u16(16, 3), u32(0, 0)]
  return Buffer.concat([...header, u32(section.length), section, u16(0), Buffer.alloc(12)])
}
