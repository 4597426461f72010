import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { clipVisionGraph, type ClipVisionConfig } from '../networks/clip-vision.ts'
import { CLIP_DEVIATION, CLIP_MEAN, type ClipPreprocessing } from '../vision/preprocess.ts'
import { visionTensors } from '../weights/keys/clip.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { openLedger } from '../weights/weights.ts'
import type { ModelEntry } from './catalog.ts'
import { readPreprocessing, readVisionConfig } from './config.ts'
import { configured, fileIdentity, openFolderWeights, POSITION_IDS, type Part } from './part.ts'
import { inferVisionTower } from './single-file-configs.ts'

/** A CLIP vision tower with its projection, and how it wants its pictures. */
export interface ImageEncoder extends Part<ClipVisionConfig> {
  readonly preprocessing: ClipPreprocessing
}

type Found = Pick<ModelEntry, 'path' | 'isFolder'>

/** What an encoder's folder says of it, or a file's shapes do; throws `model-invalid` or `model-unsupported`. */
export const readEncoderConfig = ({ path, isFolder }: Found): ClipVisionConfig =>
  isFolder ? readVisionConfig(join(path, 'config.json')) : inferVisionTower(visionTensors(openWeightFile(path).tensors))

/**
 * Opens and checks an image encoder: a folder, in which or beside which in `feature_extractor` `preprocessor_config.json`
 * lies, or one file in Hugging Face's or OpenCLIP's names. Throws `model-invalid` or `model-unsupported`.
 */
export function openImageEncoder(entry: Found): ImageEncoder {
  const { path, isFolder } = entry
  const config = readEncoderConfig(entry)
  const stored = isFolder
    ? openFolderWeights(path, 'model')
    : { ledger: openLedger(visionTensors(openWeightFile(path).tensors), path), identity: fileIdentity(path) }
  clipVisionGraph(stored.ledger.weights, config, { attention: 'fused' })
  stored.ledger.finish([POSITION_IDS])
  const preprocessing = { ...preprocessingOf(entry, config), size: config.imageSize }
  return { ...configured(stored, { config, preprocessing }), config, preprocessing }
}

function preprocessingOf({ path, isFolder }: Found, { imageSize }: ClipVisionConfig): ClipPreprocessing {
  const file = (isFolder ? [path, join(path, '..', 'feature_extractor')] : [])
    .map((place) => join(place, 'preprocessor_config.json'))
    .find((found) => existsSync(found))
  return file ? readPreprocessing(file) : { size: imageSize, mean: CLIP_MEAN, deviation: CLIP_DEVIATION }
}
