import { closeSync, fstatSync, openSync } from 'node:fs'
import { ImprintError } from '../../shared/errors.ts'
import { called } from './called.ts'
import { openPickle } from './pickle-file.ts'
import { readExactly } from './read-exactly.ts'
import { openSafetensors, type WeightFile } from './safetensors.ts'

/** Beginnings of files that are often taken for weights. */
const OTHERS: readonly (readonly [magic: readonly number[], what: string])[] = [
  [[0xff, 0xd8, 0xff], 'it is a JPEG picture'],
  [[0x89, 0x50, 0x4e, 0x47], 'it is a PNG picture'],
  [[0x47, 0x47, 0x55, 0x46], 'it is a GGUF file, whose quantised weights Imprint cannot use'],
  [[0x1f, 0x8b], 'it is a gzip archive; unpack it first'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'it is a 7z archive; unpack it first'],
  [[0x3c], 'it is a web page, not the file it links to'],
  [[0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x20], 'it is a pointer to a file that was not downloaded'],
]
const ZIP = [0x50, 0x4b]
/** A bare pickle begins with its protocol. */
const PICKLE = [0x80]

/**
 * The tensors of a weights file, safetensors or PyTorch archive by its first bytes and never by its name.
 * Throws `model-invalid` or `model-unsupported` naming the file and what was met.
 */
export function openWeightFile(path: string): WeightFile {
  const begin = firstBytes(path)
  const is = (magic: readonly number[]) => magic.every((byte, i) => begin[i] === byte)
  const name = called(path)
  if (begin.length === 0)
    throw new ImprintError('model-invalid', `The weights file ${name} is empty. Download it again.`)
  if (is(ZIP)) return openPickle(path)
  // A safetensors header begins with a brace; what comes before it is a length that may look like anything.
  if (begin[8] === BRACE) return openSafetensors(path)
  const other = OTHERS.find(([magic]) => is(magic))
  if (other) throw new ImprintError('model-unsupported', `${name} holds no weights: ${other[1]}.`)
  if (is(PICKLE))
    throw new ImprintError(
      'model-unsupported',
      `${name} is a pickle of the kind PyTorch wrote before 2020, which Imprint does not read. Use its .safetensors version.`,
    )
  return openSafetensors(path)
}

const BRACE = '{'.charCodeAt(0)

function firstBytes(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const cutShort = () => new ImprintError('model-invalid', `${called(path)} is cut short. Download it again.`)
    return readExactly(descriptor, 0, Math.min(9, fstatSync(descriptor).size), cutShort)
  } finally {
    closeSync(descriptor)
  }
}
