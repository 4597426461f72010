import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { safetensorsBytes } from './craft-safetensors.ts'
import { archive, dictStream, tensorStream } from './craft-pickle.ts'
import type { Shapes } from './original-shapes.ts'

const count = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)

/** A safetensors file of full size whose weights are a hole in the disk: only its header takes room. */
export function writeHollow(path: string, shapes: Shapes, metadata?: Readonly<Record<string, string>>): void {
  let at = 0
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const begin = at
    at += 2 * count(shape)
    return [name, { dtype: 'F16', shape, data_offsets: [begin, at] }] as const
  })
  const header = safetensorsBytes({ ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(entries) })
  const descriptor = openSync(path, 'w')
  writeSync(descriptor, header)
  ftruncateSync(descriptor, header.length + at)
  closeSync(descriptor)
}

/** A PyTorch archive of such tensors, nested in dictionaries by these names; all of them are views of one storage. */
export function hollowPickle(groups: Readonly<Record<string, Shapes>>): Buffer {
  const elements = Math.max(...Object.values(groups).flatMap((shapes) => Object.values(shapes).map(count)))
  const tensor = (shape: readonly number[]) =>
    tensorStream({
      key: '0',
      format: 'ByteStorage',
      elements,
      shape,
      strides: shape.map((_, i) => count(shape.slice(i + 1))),
    })
  const dict = (shapes: Shapes) =>
    dictStream(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tensor(shape)])))
  const { '': top, ...nested } = groups
  const value = top
    ? dict(top)
    : dictStream(Object.fromEntries(Object.entries(nested).map(([name, shapes]) => [name, dict(shapes)])))
  return archive(value, { 0: new Uint8Array(elements) })
}
