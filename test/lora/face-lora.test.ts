/** Is the LoRA inside a face adapter's file beside the UNet's own projections, whole, and once? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withLoras } from '../../companion/jobs/loras.ts'
import type { CompleteReference } from '../../companion/jobs/defaults.ts'
import type { Adapter } from '../../companion/models/adapter.ts'
import type { Checkpoint } from '../../companion/models/checkpoint.ts'
import { faceLora } from '../../companion/models/face-lora.ts'
import { openLedger, type Branch } from '../../companion/weights/weights.ts'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const shop = tinyWorkshop()
const checkpoint = shop.library.checkpoint('tiny15')
const FACEID = 'ip-adapter-faceid_tiny15'
const PLUS = 'ip-adapter-faceid-plusv2_tiny15'
const adapter = (name: string): Adapter => shop.library.adapter(name, checkpoint).adapter

/** Where the file's numbers stand in the UNet: down, up, and then the middle. */
const ATTENTIONS = [
  ...['down_blocks.0', 'down_blocks.1', 'down_blocks.2'].flatMap((block) =>
    [0, 1].map((i) => `${block}.attentions.${i}`),
  ),
  ...['up_blocks.1', 'up_blocks.2', 'up_blocks.3'].flatMap((block) => [0, 1, 2].map((i) => `${block}.attentions.${i}`)),
  'mid_block.attentions.0',
]
const PROJECTIONS = [
  ['to_q', 'to_q'],
  ['to_k', 'to_k'],
  ['to_v', 'to_v'],
  ['to_out', 'to_out.0'],
] as const

for (const name of [FACEID, PLUS]) {
  test(`${name}: every projection of every attention, by its number; nothing of what reads image tokens`, () => {
    assert.doesNotThrow(() => faceLora(adapter(name), checkpoint))
    const { changes } = faceLora(adapter(name), checkpoint)!
    assert.deepEqual([...changes.keys()], ['unet'])
    const found = [...changes.get('unet')!].map(([tensor, { down, up, factor }]) => [
      tensor,
      down.name,
      up.name,
      factor,
    ])
    const expected = ATTENTIONS.flatMap((attention, i) =>
      ['attn1', 'attn2'].flatMap((attn, cross) =>
        PROJECTIONS.map(([stored, module]) => {
          const lora = `ip_adapter.${2 * i + cross}.${stored}_lora`
          const tensor = `${attention}.transformer_blocks.0.${attn}.${module}.weight`
          return [tensor, `${lora}.down.weight`, `${lora}.up.weight`, 1]
        }),
      ),
    )
    assert.deepEqual(found.sort(), expected.sort())
    const reads = [...adapter(name).ledger.tensors.keys()].filter((tensor) => /to_[kv]_ip/.test(tensor))
    assert.equal(reads.length, 2 * ATTENTIONS.length)
  })
}

test('adapters without one have none', () => {
  assert.equal(faceLora(adapter('ip-adapter_tiny15'), checkpoint), undefined)
  assert.equal(faceLora(adapter('ip-adapter-plus_tiny15'), checkpoint), undefined)
})

const reference = (adapter: string, weight: number): CompleteReference => ({
  adapter,
  weight,
  embedding: 'face.safetensors',
  start: 0,
  end: 1,
  fit: 'crop',
})

test('it counts once however many references share the adapter, whole whatever they weigh', () => {
  const references = [reference(FACEID, 0.2), reference(FACEID, 0.9)]
  const { unet, towers } = withLoras(shop, checkpoint, { loras: [], references })
  assert.deepEqual(unet.strengths, { 'lora.0.strength': 1 })
  const [branch, ...more] = branchesOf(unet, 'mid_block.attentions.0.transformer_blocks.0.attn2.to_k')
  assert.equal(branch!.down.name, 'ip_adapter.31.to_k_lora.down.weight')
  assert.deepEqual(more, [])
  assert.deepEqual(towers, checkpoint.towers)
})

test('two adapters bring one each, beside the LoRAs that are named', () => {
  const references = [reference(FACEID, 1), reference(PLUS, 1), reference('ip-adapter_tiny15', 1)]
  const loras = [{ file: 'tiny15-kohya', weight: -0.5 }]
  const { unet, towers } = withLoras(shop, checkpoint, { loras, references })
  assert.deepEqual(unet.strengths, { 'lora.0.strength': -0.5, 'lora.1.strength': 1, 'lora.2.strength': 1 })
  assert.deepEqual(towers[0].strengths, { 'lora.0.strength': -0.5 })
  const both = branchesOf(unet, 'mid_block.attentions.0.transformer_blocks.0.attn2.to_k')
  assert.deepEqual(
    both.map(({ strength }) => strength),
    ['lora.0.strength', 'lora.1.strength', 'lora.2.strength'],
  )
})

function branchesOf({ ledger }: Checkpoint['unet'], module: string): readonly Branch[] {
  return ledger.weights.at(module).branches('weight')
}

/** The adapter with some of its tensors taken away or changed. */
function changed(change: (tensors: Map<string, StoredTensor>) => void): Adapter {
  const whole = adapter(FACEID)
  const tensors = new Map(whole.ledger.tensors)
  change(tensors)
  return { ...whole, file: 'mine.bin', ledger: openLedger(tensors, 'mine.bin') }
}

test('half of it, or one that fits another model, is refused', () => {
  const name = 'ip_adapter.31.to_k_lora.down.weight'
  assert.throws(
    () =>
      faceLora(
        changed((tensors) => tensors.delete(name)),
        checkpoint,
      ),
    {
      code: 'model-invalid',
      message: 'mine.bin has 255 tensors of a LoRA, of which 254 fit "tiny15". Download it again.',
    },
  )
  const more = (tensors: Map<string, StoredTensor>) =>
    tensors.set('ip_adapter.32.to_k_lora.down.weight', tensors.get(name)!)
  assert.throws(() => faceLora(changed(more), checkpoint), {
    code: 'model-invalid',
    message: 'mine.bin has 257 tensors of a LoRA, of which 256 fit "tiny15". Download it again.',
  })
  const wider = (tensors: Map<string, StoredTensor>) =>
    tensors.set(name, { ...tensors.get(name)!, shape: [4, 32], file: '/models/mine.bin' })
  assert.throws(() => faceLora(changed(wider), checkpoint), {
    code: 'model-unsupported',
    message: `In the LoRA mine.bin the tensor "${name}" is [4, 32] where "tiny15" has room for [4, 24]. Choose a LoRA made for this model.`,
  })
})
