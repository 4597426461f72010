/**
 * node raster.mjs [OUT]: every single-picture icon of eight sets as OUT/icons.u8 (128 x 128 RGBA, one after another) and
 * OUT/icons.json ([style, name] for each). Run it in the folder whose node_modules holds sharp and the sets.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.cwd(), 'package.json'))
const sharp = require('sharp')
sharp.concurrency(1)

const STYLES = {
  'fluent-emoji': '3d',
  'fluent-emoji-flat': 'flat',
  'fluent-emoji-high-contrast': 'ink',
  noto: 'noto',
  'noto-v1': 'blob',
  twemoji: 'twemoji',
  emojione: 'emojione',
  fxemoji: 'firefox',
}
const SIZE = 128
const MARGIN = 6
const INNER = SIZE - 2 * MARGIN
// People in five skin colours, keys, clocks, letters and flags: signs, not things.
const SKIP =
  /skin-tone|-light$|-dark$|keycap|button|clock-?\d|o-?clock|-thirty|symbol|letter|squared|regional|input|zodiac|copyright|registered|flag-for|^flag-|arrow|square|circle/

const out = process.argv[2] ?? 'data'
mkdirSync(out, { recursive: true })
const pixels = openSync(join(out, 'icons.u8'), 'w')
const meta = []
for (const [set, style] of Object.entries(STYLES)) {
  const { icons, width = 16, height = 16 } = require(`@iconify-json/${set}/icons.json`)
  let made = 0
  for (const [name, icon] of Object.entries(icons)) {
    if (SKIP.test(name) || icon.hidden) continue
    const box = `${icon.left ?? 0} ${icon.top ?? 0} ${icon.width ?? width} ${icon.height ?? height}`
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${box}" width="${INNER}" height="${INNER}" color="#111">${icon.body}</svg>`
    const clear = { r: 255, g: 255, b: 255, alpha: 0 }
    const picture = await sharp(Buffer.from(svg))
      .resize(INNER, INNER, { fit: 'contain', background: clear })
      .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: clear })
      .ensureAlpha()
      .raw()
      .toBuffer()
      .catch(() => undefined)
    if (picture?.length !== SIZE * SIZE * 4) continue
    writeSync(pixels, picture)
    meta.push([style, name])
    made += 1
  }
  console.log(set, made)
}
closeSync(pixels)
writeFileSync(join(out, 'icons.json'), JSON.stringify(meta))
