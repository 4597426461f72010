/** Does a LoRA beside the weights make of the UNet what diffusers makes of it by folding the LoRA into them? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { GraphOptions } from '../../companion/graph/graph.ts'
import { faceLora } from '../../companion/models/face-lora.ts'
import { textKeysValuesGraph, timeGraph } from '../../companion/networks/unet-conditioning.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import { readLora, type LoraChanges } from '../../companion/weights/lora/read-lora.ts'
import { openWeightFile } from '../../companion/weights/weight-file.ts'
import { openLedger, withBranches, type Weights } from '../../companion/weights/weights.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { FACEID, T15 } from '../support/golden-networks.ts'
import { adapterOutputs, features, goldenUNet, row, type GoldenPrompt } from '../support/golden-runs.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashTensor, hashWeights } from '../support/hash-weights.ts'

const TOLERANCE = 1e-5
const { golden, unasked } = openGoldens('loras')
const SIZE = { height: 16, width: 16 }
const RANK = 4
const STRENGTH = 'strength'

const folder = temporaryFolder()
const [unet, adapter] = [hashWeights(), hashWeights()]
after(() => [folder, unet, adapter].forEach((made) => made.dispose()))

/** A file of tensors that are made of their names, and of an alpha for each module. */
async function loraFile(name: string, shapes: Readonly<Record<string, readonly number[]>>, alphas: readonly string[]) {
  const path = join(folder.path, `${name}.safetensors`)
  const hashed = Object.entries(shapes).map(([tensor, shape]) => ({
    [tensor]: { shape, data: hashTensor(tensor, shape) },
  }))
  const said = alphas.map((module) => ({ [`${module}.alpha`]: { shape: [], data: Float32Array.of(2) } }))
  await writeSafetensors(path, Object.assign({}, ...hashed, ...said) as Parameters<typeof writeSafetensors>[1])
  return openWeightFile(path)
}

/** The UNet's weights with what a LoRA changes beside them. */
const changed = (changes: LoraChanges): Weights =>
  withBranches(
    unet.weights,
    new Map([...changes.get('unet')!].map(([tensor, change]) => [tensor, [{ ...change, strength: STRENGTH }]])),
  )

/** Fails unless the changed UNet predicts what the golden of that name says. */
async function predicts(
  name: string,
  changes: LoraChanges,
  strength: number,
  options: GraphOptions,
  prompts: (n: number) => Promise<GoldenPrompt[]> = () => Promise.resolve([]),
): Promise<void> {
  const imageTokens = (await prompts(0)).map(() => FACEID.tokens)
  const network = await goldenUNet(changed(changes), T15, SIZE, imageTokens, options, {
    strengths: { [STRENGTH]: strength },
  })
  const [sample, text] = [hashInput('in:sample', 2 * 4 * 16 * 16), hashInput('in:text', 2 * 77 * 24)]
  const predicted = async (n: number) => [
    ...(await network.predict(row(sample, n, [4, 16, 16]).data, 500, row(text, n, [77, 24]), await prompts(n))),
  ]
  assertClose(name, [...(await predicted(0)), ...(await predicted(1))], golden(name).data, TOLERANCE)
  await network.dispose()
}

before(() => {
  const options = { attention: 'fused' } as const
  timeGraph(unet.weights, T15, options)
  textKeysValuesGraph(unet.weights, T15, 77, options)
  unetGraph(unet.weights, T15, { ...SIZE, textTokens: 77, imageTokens: [] }, options)
})

for (const attention of ['fused', 'decomposed'] as const) {
  describe(`with ${attention} attention`, () => {
    const options: GraphOptions = { attention }

    test('linear layers and convolutions of one pixel and of nine', async () => {
      const [attends, enters, resnet] = [
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q',
        'lora_unet_mid_block_attentions_0_proj_in',
        'lora_unet_up_blocks_1_resnets_0_conv1',
      ] as const
      const file = await loraFile(
        `kohya-${attention}`,
        {
          [`${attends}.lora_down.weight`]: [RANK, 24],
          [`${attends}.lora_up.weight`]: [24, RANK],
          [`${enters}.lora_down.weight`]: [RANK, 32, 1, 1],
          [`${enters}.lora_up.weight`]: [32, RANK, 1, 1],
          [`${resnet}.lora_down.weight`]: [RANK, 64, 3, 3],
          [`${resnet}.lora_up.weight`]: [32, RANK, 1, 1],
        },
        [attends, enters, resnet],
      )
      const changes = readLora(file, { unet: unet.tensors }, 'T15')
      assert.equal(changes.get('unet')!.size, 3)
      const name = 'T15 UNet + kohya LoRA (linear, 1x1 conv, 3x3 conv; rank 4, alpha 2, strength .7)'
      await predicts(name, changes, 0.7, options)
    })

    test('the one inside a FaceID file', async () => {
      const widths = [16, 16, 24, 24, 32, 32, 32, 32, 32, 24, 24, 24, 16, 16, 16, 32]
      const shapes = widths.flatMap((width, layer) =>
        // Self-attention reads pictures of its own width, cross-attention text.
        [width, 24].flatMap((read, cross) =>
          ['q', 'k', 'v', 'out'].flatMap((part): [string, number[]][] => {
            const stored = `ip_adapter.${2 * layer + cross}.to_${part}_lora`
            const into = part === 'k' || part === 'v' ? read : width
            return [
              [`${stored}.down.weight`, [RANK, into]],
              [`${stored}.up.weight`, [width, RANK]],
            ]
          }),
        ),
      )
      const { tensors, path } = await loraFile(`faceid-${attention}`, Object.fromEntries(shapes), [])
      const lora = faceLora(
        { config: FACEID, ledger: openLedger(tensors, path), identity: path, file: path },
        { unet: { config: T15, ledger: openLedger(unet.tensors, 'T15'), identity: 'T15' }, name: 'T15' },
      )
      assert.equal(lora!.changes.get('unet')!.size, 2 * 4 * widths.length)
      const prompts = async (n: number) => [
        {
          keysValues: await adapterOutputs(adapter.weights, FACEID, T15, features(FACEID, 1, n), options),
          weight: 0.8,
        },
      ]
      const name = 'T15 UNet + faceid with its rank-4 LoRA folded (x1.0), scale .8'
      await predicts(name, lora!.changes, 1, options, prompts)
    })
  })
}

test('no golden is left out', () => assert.deepEqual(unasked(), []))
