import type { Branch, Weights } from '../weights/weights.ts'
import type { Value } from './graph.ts'
import * as op from './ops.ts'

/**
 * Layers: an operator together with the stored weights it takes, named as PyTorch names them. Nothing has a default that a
 * paper or a configuration fixes. Tokens are [n, c] and pictures [1, c, h, w]: a graph makes one picture at a time.
 */

/** y = x · Wᵀ + b.  x [n, in] -> [n, out] */
export function linear(x: Value, w: Weights, { out, bias }: { out: number; bias: boolean }): Value {
  const weight = x.graph.weight(w.get('weight', [out, x.shape[1]!]))
  const y = op.gemm(x, weight, bias ? x.graph.weight(w.get('bias', [out])) : undefined)
  return w.branches('weight').reduce((sum, branch) => {
    const [down, up] = [branch.down, branch.up].map((factor) => x.graph.weight(factor, factor.shape.slice(0, 2)))
    return op.add(sum, op.gemm(op.mul(op.gemm(x, down!), strengthOf(branch, x)), up!))
  }, y)
}

/** How much of a branch is added: what a run says, times what the branch itself says.  [1] */
function strengthOf({ strength, factor }: Branch, x: Value): Value {
  return op.scale(x.graph.inputs.get(strength) ?? x.graph.input(strength, [1]), factor)
}

export interface Conv2dOptions {
  readonly out: number
  readonly kernel: number
  readonly stride?: number
  /** One number for all four sides, or top, left, bottom, right. */
  readonly padding: number | readonly [number, number, number, number]
  readonly bias?: boolean
}

/** x [1, cin, h, w] -> [1, out, h', w'] */
export function conv2d(x: Value, w: Weights, { out, kernel, stride = 1, padding, bias = true }: Conv2dOptions): Value {
  const pads = typeof padding === 'number' ? ([padding, padding, padding, padding] as const) : padding
  const weight = x.graph.weight(w.get('weight', [out, x.shape[1]!, kernel, kernel]))
  const y = op.conv(x, weight, bias ? x.graph.weight(w.get('bias', [out])) : undefined, { stride, pads })
  return w.branches('weight').reduce((sum, branch) => {
    const rank = branch.down.shape[0]!
    const down = x.graph.weight(branch.down, [rank, x.shape[1]!, kernel, kernel])
    const up = x.graph.weight(branch.up, [out, rank, 1, 1])
    const low = op.mul(op.conv(x, down, undefined, { stride, pads }), strengthOf(branch, x)) // [1, rank, h', w']
    return op.add(sum, op.conv(low, up, undefined, { stride: 1, pads: [0, 0, 0, 0] }))
  }, y)
}

/** Normalisation over the channels of each group and all positions.  [1, c, h, w] -> the same */
export function groupNorm(x: Value, w: Weights, { groups, eps }: { groups: number; eps: number }): Value {
  const channels = x.shape[1]!
  // ai.onnx GroupNormalization computes E[x²] - E[x]², which loses the variance of groups with a large mean.
  const grouped = op.reshape(x, [1, groups, (channels / groups) * x.shape[2]! * x.shape[3]!])
  const normal = op.reshape(op.instanceNormalization(grouped, eps), x.shape)
  const weight = x.graph.weight(w.get('weight', [channels]), [channels, 1, 1])
  const bias = x.graph.weight(w.get('bias', [channels]), [channels, 1, 1])
  return op.add(op.mul(normal, weight), bias)
}

/** Normalisation of each token.  [n, c] -> the same */
export function layerNorm(x: Value, w: Weights, { eps }: { eps: number }): Value {
  const width = x.shape[1]!
  return op.layerNormalization(x, x.graph.weight(w.get('weight', [width])), x.graph.weight(w.get('bias', [width])), eps)
}

export interface AttentionOptions {
  readonly heads: number
  /** Position i sees positions up to i alone. */
  readonly causal?: boolean
}

/** softmax(Q Kᵀ / √d) V per head, d = c / heads.  q [n, c], k and v [t, c] -> [n, c] */
export function attention(q: Value, k: Value, v: Value, { heads, causal = false }: AttentionOptions): Value {
  const [n, c] = [q.shape[0]!, q.shape[1]!]
  const t = k.shape[0]!
  if (q.graph.options.attention === 'fused') {
    const [q3, k3, v3] = [op.reshape(q, [1, n, c]), op.reshape(k, [1, t, c]), op.reshape(v, [1, t, c])]
    return op.reshape(op.multiHeadAttention(q3, k3, v3, heads, causal), [n, c])
  }
  const d = c / heads
  const perHead = (x: Value, perm: readonly number[]) => op.transpose(op.reshape(x, [x.shape[0]!, heads, d]), perm)
  const logits = op.matMul(op.scale(perHead(q, [1, 0, 2]), 1 / Math.sqrt(d)), perHead(k, [1, 2, 0])) // [heads, n, t]
  const weights = op.softmax(causal ? op.add(logits, causalMask(q, n)) : logits)
  return op.reshape(op.transpose(op.matMul(weights, perHead(v, [1, 0, 2])), [1, 0, 2]), [n, c])
}

/** 0 on and below the diagonal, -∞ above.  [n, n] */
const causalMask = (x: Value, n: number): Value =>
  x.graph.constant(
    Array.from({ length: n * n }, (_, i) => (i % n > Math.floor(i / n) ? -Infinity : 0)),
    [n, n],
    'float32',
  )

/** The same picture at another size by repeating pixels.  [1, c, h, w] -> [1, c, height, width] */
export const upsampleNearest = op.resizeNearest

/** Positions as tokens, row by row.  [1, c, h, w] -> [h·w, c] */
export function toTokens(x: Value): Value {
  const [, c, h, w] = x.shape
  return op.transpose(op.reshape(x, [c!, h! * w!]), [1, 0])
}

/** Tokens as positions again.  [h·w, c] -> [1, c, h, w] */
export function toPicture(tokens: Value, { height, width }: { height: number; width: number }): Value {
  return op.reshape(op.transpose(tokens, [1, 0]), [1, tokens.shape[1]!, height, width])
}
