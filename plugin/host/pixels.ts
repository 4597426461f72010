import type { PsImageData } from '../types/photoshop.ts'
import { HostError } from './host-error.ts'
import type { Plane } from './resample.ts'

/** Photoshop's full intensity at 16 bits per channel. */
const FULL_16 = 32768

/** Copies the samples out as 8 bits, with as many channels as Photoshop gave, and lets go of Photoshop's memory. */
export async function takeSamples(imageData: PsImageData): Promise<Plane> {
  try {
    const { width, height, components, componentSize } = imageData
    if (componentSize === 32) {
      throw new HostError('unsupported-mode', 'This document has 32 bits per channel: convert it to 16 or 8 bits.')
    }
    const samples = await imageData.getData({ chunky: true })
    const data = componentSize === 16 ? Uint8Array.from(samples, from16) : Uint8Array.from(samples)
    return { width, height, channels: components, data }
  } finally {
    imageData.dispose()
  }
}

const from16 = (v: number): number => Math.min(255, Math.round((v * 255) / FULL_16))

/** 1 to 4 components (grey, grey and alpha, RGB, RGB and alpha) as RGBA with the colours multiplied by alpha. */
export function premultiplied(plane: Plane): Plane {
  const { width, height, channels, data } = plane
  const colours = channels < 3 ? 1 : 3
  const out = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const alpha = channels > colours ? data[i * channels + colours]! : 255
    for (let c = 0; c < 3; c++) {
      const value = data[i * channels + Math.min(c, colours - 1)]!
      out[i * 4 + c] = Math.round((value * alpha) / 255)
    }
    out[i * 4 + 3] = alpha
  }
  return { width, height, channels: 4, data: out }
}

/** Premultiplied RGBA over white, each pixel kept as far as `mask` (one channel, same size) says; RGB. */
export function onWhite(pixels: Plane, mask?: Plane): Plane {
  const { width, height, data } = pixels
  const out = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const kept = (mask?.data[i] ?? 255) / 255
    const white = 255 - data[i * 4 + 3]! * kept
    for (let c = 0; c < 3; c++) out[i * 3 + c] = Math.min(255, Math.round(data[i * 4 + c]! * kept + white))
  }
  return { width, height, channels: 3, data: out }
}

/** Two masks of one size (one channel) as the one that both together are; undefined lets everything through. */
export function masked(one: Plane | undefined, other: Plane | undefined): Plane | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return { ...one, data: one.data.map((value, i) => Math.round((value * other.data[i]!) / 255)) }
}

/** 8-bit samples as Photoshop wants them for a document's bit depth. */
export function samplesFor(bitsPerChannel: 8 | 16, data: Uint8Array): Uint8Array | Uint16Array {
  return bitsPerChannel === 8 ? data : Uint16Array.from(data, (v) => Math.round((v * FULL_16) / 255))
}
