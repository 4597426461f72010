/** Four bytes that name a part of a PSD file. */
const tag = (text: string): Buffer => Buffer.from(text, 'latin1')

function numbers(bytes: 1 | 2 | 4, ...values: readonly number[]): Buffer {
  const out = Buffer.alloc(bytes * values.length)
  values.forEach((value, i) => {
    if (value < 0) out.writeIntBE(value, i * bytes, bytes)
    else out.writeUIntBE(value, i * bytes, bytes)
  })
  return out
}

/** A part that tells its length first. */
const section = (...content: readonly Buffer[]): Buffer => {
  const all = Buffer.concat(content)
  return Buffer.concat([numbers(4, all.length), all])
}

/**
 * A PSD of 16 bits per channel with one opaque layer of one colour as large as the canvas, written by the letter of Adobe's
 * specification; a layer's pixels of this depth lie in a block of their own ("Lr16").
 */
export function document16(
  name: string,
  { width, height }: { readonly width: number; readonly height: number },
  colour: readonly [number, number, number],
): Buffer {
  const plane = (value: number) => numbers(2, ...Array<number>(width * height).fill(value))
  const channels = [-1, 0, 1, 2]
  const planes = [65535, ...colour].map((value) => Buffer.concat([numbers(2, 0), plane(value)]))
  const nameLength = Math.ceil((1 + name.length) / 4) * 4
  const paddedName = Buffer.alloc(nameLength)
  paddedName.writeUInt8(name.length)
  paddedName.write(name, 1, 'latin1')

  const record = Buffer.concat([
    numbers(4, 0, 0, height, width),
    numbers(2, channels.length),
    ...channels.map((id, i) => Buffer.concat([numbers(2, id), numbers(4, planes[i]!.length)])),
    ...[tag('8BIM'), tag('norm'), numbers(1, 255, 0, 0, 0)],
    section(section(), section(), paddedName),
  ])
  const layers = Buffer.concat([numbers(2, 1), record, ...planes])
  const padded = Buffer.concat([layers, Buffer.alloc((4 - (layers.length % 4)) % 4)])
  return Buffer.concat([
    ...[tag('8BPS'), numbers(2, 1), Buffer.alloc(6), numbers(2, 3), numbers(4, height, width), numbers(2, 16, 3)],
    ...[section(), section()],
    section(section(), section(), tag('8BIM'), tag('Lr16'), section(padded)),
    ...[numbers(2, 0), ...colour.map(plane)],
  ])
}
