import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Raster } from '../../../shared/raster.ts'
import { loadNetwork } from '../../runtime/onnx.ts'
import { onWhite } from '../../vision/preprocess.ts'
import { planesOf } from '../../vision/planes.ts'
import { resizeBicubic } from '../../vision/resize.ts'
import { openSafetensors } from '../../weights/safetensors.ts'
import { openLedger } from '../../weights/weights.ts'
import { judgeGraph } from './judge-network.ts'

/** What a picture is taken for, the likeliest first. */
export interface Verdict {
  readonly concepts: readonly string[]
  readonly styles: readonly string[]
}

/** Names the thing in a picture and the style it is drawn in; trained apart from the models it judges. */
export interface Judge {
  /** The things it knows, which are those the starter model was trained on. */
  readonly concepts: readonly string[]
  /** How often it was right about icons it was not trained on in that form, after the autoencoder: shares, 0 to 1. */
  readonly right: { readonly concept: number; readonly style: number }
  judge(picture: Raster): Promise<Verdict>
  close(): Promise<void>
}

const FOLDER = join(import.meta.dirname, '..', 'judge')

const file = z.object({
  concepts: z.array(z.string()),
  styles: z.array(z.string()),
  side: z.number().int().positive(),
  widths: z.array(z.number().int().positive()),
  measured: z.record(z.string(), z.number()),
})

/** 8-bit pixels to -1..1. */
const UNIT = { mean: 127.5, scale: 127.5 }

/** Opens the judge that comes with the starter model; throws `model-invalid` where its files are damaged. */
export async function openJudge(): Promise<Judge> {
  const described = file.parse(JSON.parse(readFileSync(join(FOLDER, 'judge.json'), 'utf8')))
  const { concepts, styles, side, widths, measured } = described
  const weights = join(FOLDER, 'judge.safetensors')
  const ledger = openLedger(openSafetensors(weights).tensors, weights)
  const config = { side, widths, concepts: concepts.length, styles: styles.length }
  const graph = judgeGraph(ledger.weights, config, { attention: 'fused' })
  ledger.finish()
  const network = await loadNetwork(graph, 'cpu')
  return {
    concepts,
    right: { concept: measured['autoencoded concept'] ?? NaN, style: measured['autoencoded style'] ?? NaN },
    async judge(picture) {
      const seen = resizeBicubic(onWhite(picture), { width: side, height: side })
      const { concept, style } = await network.run({
        picture: { shape: [1, 3, side, side], data: planesOf(seen, UNIT) },
      })
      return { concepts: ranked(concept!.data, concepts), styles: ranked(style!.data, styles) }
    },
    close: () => network.dispose(),
  }
}

/** Names by falling logit. */
const ranked = (logits: Float32Array, names: readonly string[]): string[] =>
  names
    .map((name, i) => ({ name, logit: logits[i]! }))
    .sort((a, b) => b.logit - a.logit)
    .map(({ name }) => name)
