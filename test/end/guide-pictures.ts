/** The second half of `npm run guide`: the pictures that the test took, made small, go to docs/guide. */
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const FROM = join(import.meta.dirname, '../output')
const TO = join(import.meta.dirname, '../../docs/guide')
const MOST_BYTES = 150_000
const PREFIX = 'guide-'

await mkdir(TO, { recursive: true })
for (const name of (await readdir(FROM)).filter((file) => file.startsWith(PREFIX) && file.endsWith('.png'))) {
  const file = join(TO, name.slice(PREFIX.length))
  await sharp(join(FROM, name)).png({ palette: true, quality: 90, effort: 10, compressionLevel: 9 }).toFile(file)
  const { size } = await stat(file)
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes: more than ${MOST_BYTES} is too much for a page.`)
  console.log(`docs/guide/${name.slice(PREFIX.length)}  ${Math.ceil(size / 1000)} kB`)
}
