import { hostError } from './host-error.ts'
import type { Session } from './session.ts'
import { depthOf, type Depth, samples, type Samples } from './surface.ts'

export type ColorSpace = 'RGB' | 'Grayscale' | 'Lab'

/** What `photoshop.imaging` passes around: pixels that live until `dispose`. */
export interface ImageData {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly componentSize: Depth
  readonly colorSpace: ColorSpace
  readonly colorProfile: string
  readonly hasAlpha: boolean
  readonly pixelFormat: string
  readonly isChunky: boolean
  readonly type: 'image/uncompressed'
  getData(options?: { chunky?: boolean; fullRange?: boolean }): Promise<Samples>
  dispose(): void
}

/** Pixels as the double keeps them: interleaved, 16 bit as 0..65535. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly colorSpace: ColorSpace
  readonly colorProfile: string
  readonly data: Samples
}

/** Photoshop hands 16 bit out as 0..32768. */
const PHOTOSHOP_16 = 32768

const contents = new WeakMap<ImageData, Pixels>()

/** Makes a live image-data object and counts it. */
export function createImageData(session: Session, pixels: Pixels): ImageData {
  const { width, height, components, colorSpace, colorProfile, data } = pixels
  const hasAlpha = components === 2 || components === 4
  let shared: Samples | undefined
  const image: ImageData = {
    width,
    height,
    components,
    componentSize: depthOf(data),
    colorSpace,
    colorProfile,
    hasAlpha,
    pixelFormat: (colorSpace === 'Grayscale' ? 'Gray' : colorSpace) + (hasAlpha ? 'A' : ''),
    isChunky: true,
    type: 'image/uncompressed',
    async getData({ chunky = true, fullRange = false } = {}) {
      await Promise.resolve()
      if (!session.images.has(image) && session.switches.deadAfterDispose)
        throw hostError('The image data has been disposed.')
      if (session.switches.freshData || !chunky || fullRange) return readOut(pixels, { chunky, fullRange })
      return (shared ??= readOut(pixels, { chunky, fullRange }))
    },
    dispose() {
      session.images.delete(image)
    },
  }
  contents.set(image, pixels)
  session.images.set(image, data.byteLength)
  const bytes = [...session.images.values()].reduce((sum, size) => sum + size, 0)
  if (bytes > session.memoryWarningBytes)
    session.warnings.push(`Plugin memory usage increased to: ${Math.round(bytes / 2 ** 20)}MB`)
  return image
}

/** The pixels of an image-data object; throws for anything else and after `dispose`. */
export function pixelsOf(session: Session, image: unknown): Pixels {
  const pixels = contents.get(image as ImageData)
  if (!pixels || !session.images.has(image as ImageData)) throw hostError('The image data is not valid.')
  return pixels
}

/** Takes over a caller's buffer after the rules of `createImageDataFromBuffer`; throws what it refuses. */
export function readIn(buffer: unknown, options: Record<string, unknown>): Pixels {
  const { width, height, components, colorSpace, colorProfile, chunky = true, fullRange = false } = options
  if (!(buffer instanceof Uint8Array || buffer instanceof Uint16Array || buffer instanceof Float32Array))
    throw hostError('Argument 1 has an invalid type. Expected a Uint8Array, Uint16Array or Float32Array.')
  if (!isCount(width) || !isCount(height) || !isCount(components))
    throw hostError('createImageDataFromBuffer needs width, height and components.')
  if (colorSpace !== 'RGB' && colorSpace !== 'Grayscale' && colorSpace !== 'Lab')
    throw hostError('Invalid colorSpace. Expected "RGB", "Grayscale" or "Lab".')
  const colours = colorSpace === 'Grayscale' ? 1 : 3
  if (components !== colours && components !== colours + 1)
    throw hostError(`Invalid number of components (${components}) for ${colorSpace}.`)
  if (buffer.length !== width * height * components)
    throw hostError('The length of the buffer does not match width * height * components.')
  const data = samples(depthOf(buffer), buffer.length)
  const area = width * height
  const scale = buffer instanceof Uint16Array && fullRange !== true ? 65535 / PHOTOSHOP_16 : 1
  if (scale === 1 && chunky !== false) data.set(buffer)
  else
    for (let i = 0; i < data.length; i++) {
      const from = chunky === false ? (i % components) * area + Math.floor(i / components) : i
      data[i] = scale === 1 ? buffer[from]! : Math.min(65535, Math.round(buffer[from]! * scale))
    }
  const profile = typeof colorProfile === 'string' ? colorProfile : ''
  return { width, height, components, colorSpace, colorProfile: profile, data }
}

function readOut(
  { width, height, components, data }: Pixels,
  options: { chunky: boolean; fullRange: boolean },
): Samples {
  if (options.chunky && (options.fullRange || !(data instanceof Uint16Array))) return data.slice()
  const out = samples(depthOf(data), data.length)
  const area = width * height
  const scale = data instanceof Uint16Array && !options.fullRange ? PHOTOSHOP_16 / 65535 : 1
  for (let i = 0; i < data.length; i++) {
    const to = options.chunky ? i : (i % components) * area + Math.floor(i / components)
    out[to] = scale === 1 ? data[i]! : Math.round(data[i]! * scale)
  }
  return out
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
