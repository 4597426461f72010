import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { clipVisionGraph, type ClipVisionConfig } from '../networks/clip-vision.ts'
import { CLIP_DEVIATION, CLIP_MEAN, type ClipPreprocessing } from '../vision/preprocess.ts'
import { readPreprocessing, readVisionConfig } from './config.ts'
import { openFolderWeights, POSITION_IDS, type Part } from './part.ts'

/** A CLIP vision tower with its projection, and how it wants its pictures. */
export interface ImageEncoder extends Part<ClipVisionConfig> {
  readonly folder: string
  readonly preprocessing: ClipPreprocessing
}

/** Opens and checks an image encoder's folder; `preprocessor_config.json` lies in it or in `feature_extractor` beside it. */
export function openImageEncoder(folder: string): ImageEncoder {
  const stored = openFolderWeights(folder, 'model')
  const config = readVisionConfig(join(folder, 'config.json'))
  clipVisionGraph(stored.ledger.weights, config, { attention: 'fused' })
  stored.ledger.finish([POSITION_IDS])
  const file = [folder, join(folder, '..', 'feature_extractor')]
    .map((place) => join(place, 'preprocessor_config.json'))
    .find((path) => existsSync(path))
  const preprocessing = file
    ? readPreprocessing(file)
    : { size: config.imageSize, mean: CLIP_MEAN, deviation: CLIP_DEVIATION }
  return { ...stored, folder, config, preprocessing: { ...preprocessing, size: config.imageSize } }
}
