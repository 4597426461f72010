/** Is the GPU used where it is right and fast, and left alone with a reason where it is not? */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { createChildEngine } from '../../companion/engine/child-engine.ts'
import type { Engine } from '../../companion/engine/engine.ts'
import { compareDumps, expectedFile } from '../support/cases.ts'
import { imprint, start } from '../support/cli.ts'
import { makeCase } from '../support/engine-cases.ts'
import { fixture } from '../support/golden.ts'
import type { DeviceFindings } from '../support/report-device.ts'
import { HAS_SOFTWARE_GPU, NO_GPU, unpackSoftwareGpu, type SoftwareGpu } from '../support/software-gpu.ts'

/** What a GPU may differ by from diffusers' picture, relative to the largest number. */
const TOLERANCE = '5e-3'

function onSoftwareGpu(): void {
  const dumps = mkdtempSync(join(tmpdir(), 'imprint-webgpu-'))
  let gpu: SoftwareGpu
  let engine: Engine
  const usual = { ...process.env }
  before(async () => {
    gpu = await unpackSoftwareGpu()
    // The engine's process inherits it.
    Object.assign(process.env, gpu.environment)
    engine = createChildEngine({ roots: [fixture('models')], device: 'webgpu' })
  })
  after(async () => {
    await engine.close()
    process.env = usual
    for (const folder of [gpu.folder, dumps]) rmSync(folder, { recursive: true, force: true })
  })

  test('the engine uses it, but not its fused attention', async () => {
    assert.deepEqual(await engine.device(), {
      device: 'webgpu',
      reason: 'the GPU passed the self-test; its fused attention is wrong, so attention is computed in parts',
    })
  })

  // One engine makes all of them: what is slow here is to build programs for the GPU, and it keeps those.
  for (const name of ['regions', 'xl-base', 'controlnet', 'lora-kohya']) {
    test(`${name} comes out as diffusers makes it, every node on the GPU`, async () => {
      const dump = await makeCase(engine, name, dumps)
      const { equal, said } = await compareDumps(expectedFile(name), dump, TOLERANCE)
      assert.ok(equal, said)
    })
  }

  test('the self-test finds what this GPU gets wrong, what it is too slow for, and what it cannot run', async () => {
    const program = join(import.meta.dirname, '../support/report-device.ts')
    const args = ['--import', import.meta.resolve('tsx'), program]
    const { status, stdout, stderr } = await start(process.execPath, args, { env: gpu.environment }).ended
    assert.equal(status, 0, stderr)
    const found = JSON.parse(stdout) as DeviceFindings
    assert.ok(found.fusedError > 5e-3, `fused attention is off by ${found.fusedError}`)
    assert.ok(found.decomposedError < 1e-5, `attention in parts is off by ${found.decomposedError}`)
    assert.equal(found.webgpu.attention, 'decomposed')
    assert.equal(found.auto.device, 'cpu')
    assert.match(
      found.auto.reason,
      /^the GPU is slower than the CPU here \([\d.]+ ms against [\d.]+ ms for the same work\)$/,
    )
    assert.match(found.cpuNode, /fallback/)
  })
}

function withoutGpu(): void {
  const what = ['generate', '--prompt', 'a fox', '--size', '64x64', '--steps', '1']
  const folder = mkdtempSync(join(tmpdir(), 'imprint-no-gpu-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const out = ['--out', join(folder, 'fox.png')]

  test('without a GPU, "auto" takes the CPU and says why', async () => {
    const { status, stdout, stderr } = await imprint([...what, ...out, '--json'], { env: NO_GPU })
    assert.equal(status, 0, stderr)
    const { device } = JSON.parse(stdout) as { device: unknown }
    assert.deepEqual(device, {
      device: 'cpu',
      reason: 'no usable GPU: this machine offers no WebGPU adapter',
    })
  })

  test('without a GPU, "webgpu" fails with one sentence', async () => {
    const { status, stdout, stderr } = await imprint([...what, ...out, '--device', 'webgpu'], { env: NO_GPU })
    assert.equal(
      stderr,
      'WebGPU cannot be used: this machine offers no WebGPU adapter. Use the device "cpu" or "auto".\n',
    )
    assert.equal(status, 2)
    assert.equal(stdout, '')
  })
}

if (HAS_SOFTWARE_GPU) {
  describe('on a software GPU', onSoftwareGpu)
  describe('without a GPU', withoutGpu)
} else {
  console.log('No device tests: the software GPU is made for Linux on x64 alone.')
}
