import type { Refusals } from './refusals.ts'

/**
 * A reader for the few pickles that hold weights. It runs nothing: names of Python functions stay names, and only those
 * in `GLOBALS` may appear. Everything it does not know is refused.
 */

/** A number format of PyTorch, or one of the two functions that put tensors together. */
export interface PickleGlobal {
  readonly kind: 'global'
  readonly name: string
}

/** Bytes kept beside the pickle, under a key. */
export interface PickleStorage {
  readonly kind: 'storage'
  /** The global that names the number format, such as `torch HalfStorage`. */
  readonly format: string
  readonly key: string
  readonly elements: number
}

/** A view of a storage; offset and strides count elements. */
export interface PickleTensor {
  readonly kind: 'tensor'
  readonly storage: PickleStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

export interface PickleDict {
  readonly kind: 'dict'
  readonly items: Map<string | number, PickleValue>
}

interface PickleSequence {
  readonly kind: 'tuple' | 'list'
  readonly items: PickleValue[]
}

/** What a pickle can hold here. */
export type PickleValue =
  null | boolean | number | string | PickleGlobal | PickleStorage | PickleTensor | PickleDict | PickleSequence

const REBUILD_TENSOR = 'torch._utils _rebuild_tensor_v2'
const REBUILD_PARAMETER = 'torch._utils _rebuild_parameter'
const ORDERED_DICT = 'collections OrderedDict'
const STORAGES = ['Double', 'Float', 'Half', 'BFloat16', 'Long', 'Int', 'Short', 'Char', 'Byte', 'Bool']
const GLOBALS: ReadonlySet<string> = new Set([
  REBUILD_TENSOR,
  REBUILD_PARAMETER,
  ORDERED_DICT,
  ...STORAGES.map((name) => `torch ${name}Storage`),
])

/** Limits on a stream nobody has checked yet; a whole SDXL checkpoint stays far below them. */
const MAX_STACK = 100_000
const MAX_MEMO = 1_000_000
const MAX_RANK = 8

/** Where a pickle is read: its bytes, what lies on the stack, and what it remembers. */
interface Machine extends Refusals {
  readonly bytes: Buffer
  at: number
  readonly stack: PickleValue[]
  readonly marks: number[]
  readonly memo: Map<number, PickleValue>
}

/** The value a pickle holds; throws what the refusals make of the reason when it is none of those read here. */
export function readPickle(bytes: Buffer, refusals: Refusals): PickleValue {
  const machine: Machine = { bytes, at: 0, stack: [], marks: [], memo: new Map(), ...refusals }
  for (;;) {
    const code = take(machine, 1).readUInt8()
    if (code === STOP) return pop(machine)
    const act = OPCODES[code]
    if (!act) throw refusals.refuse(`its pickle uses the forbidden opcode 0x${code.toString(16).padStart(2, '0')}`)
    act(machine)
    if (machine.stack.length > MAX_STACK || machine.memo.size > MAX_MEMO)
      throw refusals.refuse('its pickle is too large')
  }
}

const STOP = 0x2e

const push =
  (make: (m: Machine) => PickleValue) =>
  (m: Machine): void =>
    void m.stack.push(make(m))

/** What each opcode does, under Python's name for it. */
const OPCODES: Readonly<Record<number, (m: Machine) => void>> = {
  0x80: protocol, // PROTO
  0x28: (m) => void m.marks.push(m.stack.length), // MARK
  0x7d: push(() => ({ kind: 'dict', items: new Map() })), // EMPTY_DICT
  0x5d: push(() => ({ kind: 'list', items: [] })), // EMPTY_LIST
  0x29: push(() => ({ kind: 'tuple', items: [] })), // EMPTY_TUPLE
  0x74: push((m) => ({ kind: 'tuple', items: popToMark(m) })), // TUPLE
  0x85: push((m) => ({ kind: 'tuple', items: popSome(m, 1) })), // TUPLE1
  0x86: push((m) => ({ kind: 'tuple', items: popSome(m, 2) })), // TUPLE2
  0x87: push((m) => ({ kind: 'tuple', items: popSome(m, 3) })), // TUPLE3
  0x4e: push(() => null), // NONE
  0x88: push(() => true), // NEWTRUE
  0x89: push(() => false), // NEWFALSE
  0x4b: push((m) => take(m, 1).readUInt8()), // BININT1
  0x4d: push((m) => take(m, 2).readUInt16LE()), // BININT2
  0x4a: push((m) => take(m, 4).readInt32LE()), // BININT
  0x8a: push(long), // LONG1
  0x47: push((m) => take(m, 8).readDoubleBE()), // BINFLOAT
  0x58: push((m) => take(m, take(m, 4).readUInt32LE()).toString('utf8')), // BINUNICODE
  0x71: (m) => remember(m, take(m, 1).readUInt8()), // BINPUT
  0x72: (m) => remember(m, take(m, 4).readUInt32LE()), // LONG_BINPUT
  0x68: push((m) => recall(m, take(m, 1).readUInt8())), // BINGET
  0x6a: push((m) => recall(m, take(m, 4).readUInt32LE())), // LONG_BINGET
  0x63: push(global), // GLOBAL
  0x51: push(storage), // BINPERSID
  0x52: push(reduce), // REDUCE
  0x62: build, // BUILD
  0x73: (m) => setItems(m, popSome(m, 2)), // SETITEM
  0x75: (m) => setItems(m, popToMark(m)), // SETITEMS
  0x61: (m) => append(m, popSome(m, 1)), // APPEND
  0x65: (m) => append(m, popToMark(m)), // APPENDS
}

function take(m: Machine, bytes: number): Buffer {
  if (m.at + bytes > m.bytes.length) throw m.damaged('its pickle is cut short')
  return m.bytes.subarray(m.at, (m.at += bytes))
}

function pop(m: Machine): PickleValue {
  // What lies below the last mark belongs to whoever set the mark.
  if (m.stack.length <= (m.marks.at(-1) ?? 0)) throw m.damaged('its pickle takes more than it has')
  return m.stack.pop()!
}

function popSome(m: Machine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => pop(m)).reverse()
}

function popToMark(m: Machine): PickleValue[] {
  const mark = m.marks.pop()
  if (mark === undefined) throw m.damaged('its pickle takes more than it has')
  return m.stack.splice(mark)
}

function top(m: Machine): PickleValue {
  const value = pop(m)
  m.stack.push(value)
  return value
}

function protocol(m: Machine): void {
  const version = take(m, 1).readUInt8()
  if (version > 5) throw m.refuse(`its pickle has the unknown version ${version}`)
}

function long(m: Machine): number {
  const digits = take(m, take(m, 1).readUInt8())
  if (digits.length > 8) throw m.damaged('its pickle holds a number beyond all sizes')
  let value = 0n
  digits.forEach((digit, i) => (value |= BigInt(digit) << BigInt(8 * i)))
  return Number(BigInt.asIntN(8 * digits.length, value))
}

function remember(m: Machine, key: number): void {
  m.memo.set(key, top(m))
}

function recall(m: Machine, key: number): PickleValue {
  const value = m.memo.get(key)
  if (value === undefined) throw m.damaged(`its pickle recalls entry ${key}, which it never stored`)
  return value
}

function global(m: Machine): PickleGlobal {
  const name = `${line(m)} ${line(m)}`
  if (!GLOBALS.has(name)) throw m.refuse(`its pickle asks for "${name.replace(' ', '.')}", which Imprint never runs`)
  return { kind: 'global', name }
}

function line(m: Machine): string {
  const end = m.bytes.indexOf('\n', m.at)
  if (end < 0) throw m.damaged('its pickle is cut short')
  const text = m.bytes.toString('utf8', m.at, end)
  m.at = end + 1
  return text
}

const isKind = <K extends 'global' | 'storage' | 'tensor' | 'dict' | 'tuple' | 'list'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { kind: unknown }> & { kind: K } =>
  typeof value === 'object' && value !== null && value.kind === kind

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** ('storage', number format, key, device, elements) */
function storage(m: Machine): PickleStorage {
  const id = pop(m)
  const [tag, format, key, , elements] = isKind(id, 'tuple') ? id.items : []
  if (tag !== 'storage' || !isKind(format, 'global') || typeof key !== 'string' || !isCount(elements))
    throw m.damaged('its pickle refers to something that is no storage')
  return { kind: 'storage', format: format.name, key, elements }
}

function reduce(m: Machine): PickleValue {
  const [callee, given] = popSome(m, 2)
  if (!isKind(callee, 'global') || !isKind(given, 'tuple')) throw m.damaged('its pickle calls what cannot be called')
  if (callee.name === ORDERED_DICT && given.items.length === 0) return { kind: 'dict', items: new Map() }
  if (callee.name === REBUILD_TENSOR) return tensor(m, given.items)
  const [parameter] = given.items
  if (callee.name === REBUILD_PARAMETER && isKind(parameter, 'tensor')) return parameter
  throw m.refuse(`its pickle calls "${callee.name.replace(' ', '.')}" in a way Imprint does not know`)
}

/** (storage, offset, shape, strides, requires_grad, hooks) */
function tensor(m: Machine, [from, offset, shape, strides]: readonly PickleValue[]): PickleTensor {
  const dims = counts(shape)
  const steps = counts(strides)
  if (!isKind(from, 'storage') || !isCount(offset) || !dims || dims.length !== steps?.length || dims.length > MAX_RANK)
    throw m.damaged('its pickle describes a tensor that cannot be')
  return { kind: 'tensor', storage: from, offset, shape: dims, strides: steps }
}

function counts(value: PickleValue | undefined): number[] | undefined {
  if (!isKind(value, 'tuple')) return undefined
  const numbers = value.items.filter(isCount)
  return numbers.length === value.items.length ? numbers : undefined
}

/** PyTorch hangs version numbers onto the dictionaries it writes; nothing else may be changed this way. */
function build(m: Machine): void {
  pop(m)
  if (!isKind(top(m), 'dict')) throw m.refuse('its pickle changes an object that is no dictionary')
}

function setItems(m: Machine, pairs: readonly PickleValue[]): void {
  const target = top(m)
  if (!isKind(target, 'dict') || pairs.length % 2 !== 0) throw m.refuse('its pickle fills what is no dictionary')
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i]
    if (typeof key !== 'string' && typeof key !== 'number') throw m.refuse('its pickle has a key that is no name')
    target.items.set(key, pairs[i + 1]!)
  }
}

function append(m: Machine, items: readonly PickleValue[]): void {
  const target = top(m)
  if (!isKind(target, 'list')) throw m.refuse('its pickle appends to what is no list')
  for (const item of items) target.items.push(item)
}
