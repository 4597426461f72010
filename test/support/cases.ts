import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { fixture } from './golden.ts'

const run = promisify(execFile)
const COMMAND = join(import.meta.dirname, '..', '..', 'companion', 'bin', 'imprint.mjs')

/** Recipes with what diffusers made of them. */
export const CASES = [
  'text-only',
  'text-only-odd-size',
  'base-w00',
  'base-w06',
  'base-w10',
  'sampler-euler',
  'sampler-euler_ancestral',
  'sampler-dpmpp_2m',
  'sampler-dpmpp_2m-karras',
  'sampler-euler-trailing',
  'sampler-euler-karras',
  'image-only',
  'no-guidance',
  'long-prompt',
  'plus',
  'plus-two-images',
  'start-end',
  'style-only',
  'clip-skip',
  'two-adapters',
  'regions',
  'img2img',
  'inpaint',
  'sampler-pndm',
  'sampler-heun',
  'sampler-dpmpp_2m_sde',
  'sampler-unipc',
  'sampler-lcm',
  'xl-text',
  'xl-base',
  'xl-no-negative',
  'xl-odd-size',
  'xl-style',
  'xl-style-layout',
  'xl-single',
  'plus-bin-single',
  'controlnet',
  'controlnet-window',
  'lora-kohya',
  'faceid',
  'faceid-plusv2',
] as const

/** The file with what diffusers made of a case. */
export const expectedFile = (name: string): string => fixture('expected', `${name}.safetensors`)

/** Makes a case with the command a person would use; returns the dump's path inside `folder`. */
export async function generateCase(name: string, folder: string): Promise<string> {
  const dump = join(folder, `${name}.safetensors`)
  const recipe = fixture('cases', `${name}.json`)
  const options = ['--models', fixture('models'), '--recipe', recipe, '--dump', dump, '--device', 'cpu']
  await run(process.execPath, [COMMAND, 'generate', ...options])
  return dump
}

/** What compare.mjs says of two dumps, and whether it calls them equal. */
export async function compareDumps(
  expected: string,
  actual: string,
  tolerance = '1e-3',
): Promise<{ equal: boolean; said: string }> {
  try {
    const { stdout } = await run(process.execPath, [fixture('compare.mjs'), expected, actual, tolerance])
    return { equal: true, said: stdout }
  } catch (thrown) {
    const { stdout, stderr } = thrown as { stdout: string; stderr: string }
    return { equal: false, said: stdout + stderr }
  }
}
