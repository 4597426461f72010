import { Graph, type GraphOptions, type Value } from '../../graph/graph.ts'
import { conv2d, linear, toTokens } from '../../graph/nn.ts'
import { add, concat, matMul, relu } from '../../graph/ops.ts'
import type { Weights } from '../../weights/weights.ts'

/** The network that names things and styles (../train/judge.py), as ../judge/judge.json describes it. */
export interface JudgeConfig {
  /** Side of the picture it sees. */
  readonly side: number
  /** Channels after the stem and after each stage. */
  readonly widths: readonly number[]
  readonly concepts: number
  readonly styles: number
}

/** A picture in -1..1 [1, 3, side, side] -> logits `concept` [1, concepts] and `style` [1, styles] */
export function judgeGraph(w: Weights, { side, widths, concepts, styles }: JudgeConfig, options: GraphOptions): Graph {
  const g = new Graph('judge', options)
  const [first, ...others] = widths
  let h = conv(g.input('picture', [1, 3, side, side]), w.at('stem'), first!, 2)
  const pooled = [mean(toTokens(h))] // [1, c] of the stem and of each stage
  others.forEach((width, stage) => {
    h = conv(h, w.at('down', stage), width, 2)
    h = add(h, conv(h, w.at('beside', stage), width, 1))
    pooled.push(mean(toTokens(h)))
  })
  // A thing is known by the whole, a style by how lines and areas are made.
  g.output('concept', linear(pooled.at(-1)!, w.at('concept'), { out: concepts, bias: true }))
  g.output('style', linear(concat(pooled, 1), w.at('style'), { out: styles, bias: true }))
  return g
}

/** Normalisation is in the stored weights already.  [1, c, h, w] -> [1, out, h / stride, w / stride] */
const conv = (x: Value, w: Weights, out: number, stride: number): Value =>
  relu(conv2d(x, w, { out, kernel: 3, stride, padding: 1 }))

/** [n, c] -> [1, c] */
function mean(tokens: Value): Value {
  const n = tokens.shape[0]!
  return matMul(tokens.graph.constant(Array<number>(n).fill(1 / n), [1, n], 'float32'), tokens)
}
