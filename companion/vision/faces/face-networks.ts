/** Numbers with a shape, row-major. */
export interface Numbers {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** A network of one input, run once per call; its outputs in the order of its file. */
interface OneInput {
  run(input: Numbers): Promise<readonly Numbers[]>
}

/** The two networks of an InsightFace pack that Imprint uses, loaded. */
export interface FaceNetworks {
  /** SCRFD with key points: [1, 3, side, side] -> nine outputs. */
  readonly detector: OneInput
  /** The one side the detector takes in pixels; undefined where it takes any. */
  readonly detectorSide: number | undefined
  /** ArcFace: [1, 3, 112, 112] -> [1, 512]. */
  readonly recogniser: OneInput
  /** Whether the recogniser's graph normalises by itself and takes 0 to 255. */
  readonly takesRawPixels: boolean
}
