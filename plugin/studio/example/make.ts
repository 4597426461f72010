/** Makes fox.psd from the drawings beside it: `node --import tsx plugin/studio/example/make.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { blankDocument } from '../double/blank-document.ts'
import { type LayerState, newLayer, UNLOCKED } from '../double/document-state.ts'
import { NOTHING, trim } from '../double/surface.ts'
import { writeDocument } from '../psd/write.ts'

const HERE = import.meta.dirname
const SIDE = 640

const BACKGROUND = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
  <rect width="${SIDE}" height="${SIDE}" fill="#f3e4cf"/>
  <circle cx="470" cy="170" r="92" fill="#f8c98a"/>
  <path d="M0 470 C180 390 400 500 640 410 V640 H0 Z" fill="#c9d3ae"/>
  <path d="M0 552 C200 476 430 566 640 500 V640 H0 Z" fill="#a9bd8f"/>
</svg>`

const GUIDES = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" fill="none" stroke="#7a6a58" stroke-width="2">
  <circle cx="320" cy="340" r="196" stroke-dasharray="6 8"/>
  <path d="M320 96 V584 M76 340 H564" stroke-dasharray="2 10"/>
</svg>`

async function drawn(
  id: number,
  name: string,
  svg: string | Buffer,
  at = { left: 0, top: 0, side: SIDE },
): Promise<LayerState> {
  const { left, top, side } = at
  const data = await sharp(Buffer.from(svg), { density: 72 * (side / 32) })
    .resize(side, side)
    .ensureAlpha()
    .raw()
    .toBuffer()
  const bounds = { left, top, right: left + side, bottom: top + side }
  return newLayer(id, name, trim({ bounds, channels: 4, data: new Uint8Array(data) }))
}

const picture = (name: string): Promise<Buffer> => readFile(join(HERE, `${name}.svg`))

const background = { ...(await drawn(1, 'Background', BACKGROUND)), isBackground: true }
const guides = { ...(await drawn(3, 'guides', GUIDES)), opacity: 60, locks: { ...UNLOCKED, all: true } }
const sketch: LayerState = {
  ...newLayer(2, 'sketch', NOTHING),
  kind: 'group',
  blendMode: 'pass through',
  children: [guides],
  visible: false,
}
const leaf = await drawn(4, 'leaf', await picture('fallen-leaf'), { left: 52, top: 452, side: 132 })
const fox = await drawn(5, 'fox', await picture('fox'), { left: 150, top: 160, side: 340 })

const document = {
  ...blankDocument({ width: SIDE, height: SIDE }),
  layers: [fox, leaf, sketch, background],
}
await writeFile(join(HERE, 'fox.psd'), writeDocument(document, [fox.id]))
