import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { chromium, type Browser } from 'playwright-core'

const CACHE = join(import.meta.dirname, '../../node_modules/.cache')
const UNPACKED = join(CACHE, 'imprint-chromium')

/** Runs `work` with environment variables set, and brings the old ones back. */
async function withEnv<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  try {
    return await work()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/**
 * Unpacks the Chromium of the npm package, with the libraries that a bare machine lacks; it only takes those out when it
 * believes itself on Amazon's Linux.
 */
async function unpack(): Promise<void> {
  if (existsSync(UNPACKED)) return
  const fresh = join(CACHE, `imprint-chromium-${process.pid}`)
  await mkdir(fresh, { recursive: true })
  await withEnv({ TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }, async () => {
    const { default: packed } = await import('@sparticuz/chromium')
    await packed.executablePath()
  })
  // The package's own file names Amazon's folders, and a Chromium that finds no font at all falls over.
  await writeFile(
    join(fresh, 'fonts.conf'),
    `<fontconfig><dir>${join(UNPACKED, 'fonts')}</dir><cachedir>${join(UNPACKED, 'fonts-cache')}</cachedir></fontconfig>`,
  )
  // Another test file may have been faster.
  await rename(fresh, UNPACKED).catch(() => rm(fresh, { recursive: true, force: true }))
}

/** A real Chromium without a window, from npm alone. */
export async function openChromium(): Promise<Browser> {
  await unpack()
  const libraries = join(UNPACKED, 'al2023/lib')
  return chromium.launch({
    executablePath: join(UNPACKED, 'chromium'),
    args: ['--lang=en-US', '--no-sandbox', '--no-zygote', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: [libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      LANG: 'en_US.UTF-8',
      LC_ALL: 'en_US.UTF-8',
      FONTCONFIG_FILE: join(UNPACKED, 'fonts.conf'),
    },
  })
}
