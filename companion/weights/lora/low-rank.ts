import { basename } from 'node:path'
import { ImprintError } from '../../../shared/errors.ts'
import { COMPUTED, COMPUTED_IN_WORDS } from '../dtype.ts'
import type { StoredTensor } from '../safetensors.ts'
import type { LowRank } from '../weights.ts'

/**
 * Two factors that change a weight [out, in] or [out, in, k, k], checked against it: down [r, in, k, k] and up [out, r, 1, 1],
 * where a kernel of one pixel may be left out. Throws `model-unsupported` naming the tensor and both shapes.
 */
export function lowRank({ down, up, factor }: LowRank, weight: StoredTensor, of: string): LowRank {
  const [rank = 0] = down.shape
  const [out = 0, into = 0, ...kernel] = weight.shape
  const wanted: [StoredTensor, readonly number[]][] = [
    [down, [rank, into, ...kernel]],
    [up, [out, rank]],
  ]
  for (const [tensor, shape] of wanted) {
    if (rank === 0 || pixels(tensor.shape).join() !== pixels(shape).join())
      throw refusal(tensor, `is [${tensor.shape.join(', ')}] where "${of}" has room for [${shape.join(', ')}]`)
    if (!COMPUTED.has(tensor.dtype)) throw refusal(tensor, `is stored as ${tensor.dtype}, not as ${COMPUTED_IN_WORDS}`)
    if (tensor.transposed && shape.length !== 2) throw refusal(tensor, 'is stored column by column')
  }
  if (!Number.isFinite(factor)) throw refusal(down, 'has an alpha that is no number')
  return { down, up, factor }
}

/** A shape without a kernel of one pixel. */
const pixels = (shape: readonly number[]): readonly number[] =>
  shape.slice(2).every((side) => side === 1) ? shape.slice(0, 2) : shape

const refusal = ({ name, file }: StoredTensor, what: string): ImprintError =>
  new ImprintError(
    'model-unsupported',
    `In the LoRA ${basename(file)} the tensor "${name}" ${what}. Choose a LoRA made for this model.`,
  )
