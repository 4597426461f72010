/** Does the judge compute what it computed where it was trained, and does it know the pictures it comes with? */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openJudge } from '../../companion/starter/evaluate/judge.ts'
import { judgeGraph } from '../../companion/starter/evaluate/judge-network.ts'
import { readReferences } from '../../companion/starter/evaluate/references.ts'
import { loadNetwork } from '../../companion/runtime/onnx.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { openLedger } from '../../companion/weights/weights.ts'
import { assertClose } from '../support/close.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'companion', 'starter', 'judge')

interface Described {
  readonly concepts: readonly string[]
  readonly styles: readonly string[]
  readonly side: number
  readonly widths: readonly number[]
  /** Logits of the picture below, as PyTorch computes them. */
  readonly example: { readonly concept: readonly number[]; readonly style: readonly number[] }
}

const described = JSON.parse(readFileSync(join(FOLDER, 'judge.json'), 'utf8')) as Described
const judge = await openJudge()
after(() => judge.close())

test('logits equal those of the network that was trained', async () => {
  const { concepts, styles, side, widths, example } = described
  const weights = join(FOLDER, 'judge.safetensors')
  const { weights: stored } = openLedger(openSafetensors(weights).tensors, weights)
  const config = { side, widths, concepts: concepts.length, styles: styles.length }
  const network = await loadNetwork(judgeGraph(stored, config, { attention: 'fused' }), 'cpu')
  const data = Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, y, x] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side]
    return Math.sin(2 * c + 0.3 * y + 0.2 * x)
  })
  const { concept, style } = await network.run({ picture: { shape: [1, 3, side, side], data } })
  await network.dispose()
  assertClose('concept', concept!.data, Float32Array.from(example.concept), 1e-4)
  assertClose('style', style!.data, Float32Array.from(example.style), 1e-4)
})

test('it names nearly all icons it comes with, and their styles', async () => {
  const { trained } = await readReferences()
  const right = { concept: 0, style: 0 }
  for (const { concept, style, picture } of trained) {
    const { concepts, styles } = await judge.judge(picture)
    assert.equal(concepts.length, described.concepts.length)
    right.concept += Number(concepts[0] === concept)
    right.style += Number(styles[0] === style)
  }
  assert.ok(right.concept >= 0.9 * trained.length, `${right.concept} of ${trained.length} things`)
  assert.ok(right.style >= 0.9 * trained.length, `${right.style} of ${trained.length} styles`)
})
