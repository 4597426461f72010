/** Makes dist/panel, a whole plugin folder that Photoshop loads, and dist/studio, the page that stands in for Photoshop. */
import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import sharp from 'sharp'

const ROOT = join(import.meta.dirname, '..')

/** The most the panel's script may weigh, in bytes: React and zod are three quarters of it. */
export const BUDGET = 512 * 1024

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
} as const satisfies BuildOptions

/** The icons of the manifest, drawn for both kinds of theme and both densities. */
const ICONS = [
  { name: 'on-dark', side: 23, colour: '#e6e6e6' },
  { name: 'on-light', side: 23, colour: '#464646' },
  { name: 'plugin', side: 24, colour: '#8a8a8a' },
] as const

async function drawIcons(folder: string): Promise<void> {
  const svg = await readFile(join(ROOT, 'plugin/assets/imprint.svg'), 'utf8')
  await mkdir(folder, { recursive: true })
  for (const { name, side, colour } of ICONS) {
    for (const scale of [1, 2]) {
      const drawn = svg
        .replaceAll('currentColor', colour)
        .replace('<svg ', `<svg width="${side * scale}" height="${side * scale}" `)
      await sharp(Buffer.from(drawn))
        .png()
        .toFile(join(folder, `${name}@${scale}x.png`))
    }
  }
}

/** Builds the plugin folder; throws when the script outgrows its budget. Returns the size of the script in bytes. */
export async function buildPanel(out = join(ROOT, 'dist/panel')): Promise<number> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['plugin/main.tsx'],
    format: 'iife',
    external: ['photoshop', 'uxp', 'fs', 'os', 'path', 'process'],
    // UXP has neither: what only asks whether they are there is told so.
    define: { ...COMMON.define, TextEncoder: 'undefined', TextDecoder: 'undefined' },
    outfile: join(out, 'main.js'),
    metafile: true,
  })
  await cp(join(ROOT, 'plugin/index.html'), join(out, 'index.html'))
  await cp(join(ROOT, 'plugin/ui/panel.css'), join(out, 'panel.css'))
  await cp(join(ROOT, 'manifest.json'), join(out, 'manifest.json'))
  await drawIcons(join(out, 'icons'))

  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
  if (bytes > BUDGET) {
    throw new Error(`The panel's script has ${bytes} bytes, more than its budget of ${BUDGET}: see what was added.`)
  }
  return bytes
}

/** Builds the studio's page. */
export async function buildStudio(out = join(ROOT, 'dist/studio')): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: ['plugin/studio/page/studio.ts'],
    format: 'iife',
    loader: { '.json': 'json' },
    outfile: join(out, 'studio.js'),
  })
  const page = join(ROOT, 'plugin/studio/page')
  for (const name of ['studio.html', 'studio.css']) await cp(join(page, name), join(out, name))
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const bytes = await buildPanel()
  await buildStudio()
  console.log(`dist/panel (main.js ${Math.round(bytes / 1024)} KiB) and dist/studio are built.`)
}
