import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-fs'

/** The software GPU of the tests is built for this kind of machine alone. */
export const HAS_SOFTWARE_GPU = process.platform === 'linux' && process.arch === 'x64'

/** A Vulkan device made of software, unpacked into a folder of its own. */
export interface SoftwareGpu {
  readonly folder: string
  /** What a process needs in its environment to find this device and no other. */
  readonly environment: Readonly<Record<string, string>>
}

/** Unpacks the Vulkan loader and driver that come with the tests' Chromium; the caller removes the folder. */
export async function unpackSoftwareGpu(): Promise<SoftwareGpu> {
  const folder = await mkdtemp(join(tmpdir(), 'imprint-gpu-'))
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const archive = join(dirname(main), '../../bin/swiftshader.tar.br')
  await pipeline(createReadStream(archive), createBrotliDecompress(), extract(folder))
  const driver = join(folder, 'vk_swiftshader_icd.json')
  await pointToDriver(driver, join(folder, 'libvk_swiftshader.so'))
  return { folder, environment: { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver } }
}

/** The driver's own description is relative to wherever the loader looks. */
async function pointToDriver(description: string, library: string): Promise<void> {
  const json = JSON.parse(await readFile(description, 'utf8')) as { ICD: { library_path: string } }
  json.ICD.library_path = library
  await writeFile(description, JSON.stringify(json))
}

/** The environment of a process that finds no GPU, whatever this machine has. */
export const NO_GPU: Readonly<Record<string, string>> = { VK_ICD_FILENAMES: '/dev/null', VK_DRIVER_FILES: '/dev/null' }
