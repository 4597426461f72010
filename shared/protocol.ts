import * as z from 'zod'
import { ERRORS, type ErrorCode } from './errors.ts'
import { aboutSchema } from './about.ts'
import { settingsChangeSchema } from './companion-settings.ts'
import { earlierSchema, keptSpaceSchema } from './earlier.ts'
import { LIMITS } from './limits.ts'
import { lookSchema } from './look.ts'
import { NOTATIONS, recipeSchema } from './recipe.ts'
import { scoreSchema } from './score.ts'

/** Every JSON message of the socket. PROTOCOL.md describes them for other clients; a test keeps the two equal. */

/** Grows when a message changes so that an older peer would misread it. */
export const PROTOCOL_VERSION = 1

/** Where the companion listens unless told otherwise; the plugin's manifest names the same port. */
export const DEFAULT_PORT = 8765

/** What a job is doing, in the order it does it. */
const PHASES = ['loading', 'encoding', 'denoising', 'decoding'] as const

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const streamNumber = z.number().int().min(0).max(0xffff_ffff)
/** Each job of a connection has a larger number than every earlier one, so that none is ever named twice. */
const jobNumber = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const pixels = z.number().int().min(1).max(LIMITS.pictureSide)
const word = z.string().max(200)
const sentence = z.string().max(4000)
const id = z.string().min(1).max(100)
const errorCode = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]])

/** A picture whose pixels follow as binary parts of the stream it names; see shared/frame.ts. */
const pictureSchema = z.strictObject({
  stream: streamNumber,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(1),
  format: z.enum(['rgb8', 'rgba8']),
  width: pixels,
  height: pixels,
})

/** Where the networks run, and why not elsewhere. */
const deviceSchema = z.strictObject({ device: z.enum(['cpu', 'webgpu']), reason: sentence })

/** One model as the panel lists it; fields the panel does not need stay with the companion. */
const modelSchema = z.object({
  /** As long as a path may be. */
  name: z.string().max(4096),
  role: word,
  family: word.optional(),
  variant: word.optional(),
  bytes: count,
  /** What else has to be there before it can be used, in words. */
  missing: z.array(sentence).optional(),
})

const hello = z.strictObject({
  type: z.literal('hello'),
  protocol: z.literal(PROTOCOL_VERSION),
  token: z.string().max(100),
  client: z.strictObject({ name: word, version: word }),
})

/** What any version's hello has in common: enough to say that the versions differ. */
export const anyHelloSchema = z.looseObject({ type: z.literal('hello'), protocol: z.number().int() })

/** Faces by the names a recipe gives them, each a row of numbers as a recogniser puts them out. */
const facesSchema = z.record(
  z.string().min(1).max(200),
  z.array(z.array(z.number()).min(1).max(LIMITS.faceNumbers)).min(1).max(LIMITS.faces),
)

const generate = z.strictObject({
  type: z.literal('generate'),
  job: jobNumber,
  /** A newer job takes the place of a waiting older one with the same slot. */
  slot: z.string().min(1).max(100).optional(),
  /** Checked by itself with `recipeSchema`, so that its faults fail the job and not the connection. */
  recipe: z.unknown(),
  /** What its references name with `embedding`. */
  faces: facesSchema.optional(),
  /** Whether to say how near the picture came; one more look at it through CLIP. */
  score: z.boolean().optional(),
  /** Whether a rough picture will do, in few steps: the same recipe and noise, sooner. It is not kept. */
  quick: z.boolean().optional(),
  /** Of the place the picture goes into; decides the size where the recipe does not. */
  shape: z.strictObject({ width: z.number().int().min(1), height: z.number().int().min(1) }).optional(),
})

/** What a panel sends. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  hello,
  z.strictObject({ type: z.literal('picture'), picture: pictureSchema }),
  generate,
  z.strictObject({ type: z.literal('cancel'), job: jobNumber }),
  z.strictObject({ type: z.literal('order'), jobs: z.array(jobNumber).max(LIMITS.waitingJobs) }),
  z.strictObject({ type: z.literal('models') }),
  z.strictObject({
    type: z.literal('tokens'),
    /** Comes back with the answer. */
    ask: count,
    prompt: recipeSchema.shape.prompt,
    notation: z.enum(NOTATIONS).optional(),
    checkpoint: recipeSchema.shape.checkpoint,
  }),
  z.strictObject({
    type: z.literal('earlier'),
    before: id.optional(),
    search: word.optional(),
    look: lookSchema.optional(),
  }),
  z.strictObject({ type: z.literal('earlier-picture'), id }),
  z.strictObject({ type: z.literal('favourite'), id, favourite: z.boolean() }),
  z.strictObject({ type: z.literal('forget'), id }),
  z.strictObject({ type: z.literal('about') }),
  /** `ask` comes back with the answer. */
  z.strictObject({ type: z.literal('set'), ask: count, change: settingsChangeSchema }),
  z.strictObject({ type: z.literal('ping') }),
])

/** What the companion sends. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    protocol: z.literal(PROTOCOL_VERSION),
    version: word,
    session: word,
    /** What a panel that came with a number keeps, to come with next time. */
    token: word.optional(),
  }),
  z.strictObject({ type: z.literal('device'), ...deviceSchema.shape }),
  z.strictObject({ type: z.literal('queued'), job: jobNumber, ahead: count }),
  z.strictObject({ type: z.literal('progress'), job: jobNumber, phase: z.enum(PHASES), step: count, steps: count }),
  z.strictObject({ type: z.literal('preview'), job: jobNumber, step: count, picture: pictureSchema }),
  z.strictObject({
    type: z.literal('result'),
    job: jobNumber,
    recipe: recipeSchema,
    picture: pictureSchema,
    runs: z.record(word, count),
    seconds: z.number().min(0),
    score: scoreSchema.optional(),
  }),
  z.strictObject({ type: z.literal('failed'), job: jobNumber, code: errorCode, message: sentence }),
  z.strictObject({ type: z.literal('models'), models: z.array(modelSchema).max(10_000) }),
  z.strictObject({ type: z.literal('tokens'), ask: count, tokens: count, room: count, parts: count }),
  z.strictObject({ type: z.literal('made'), job: jobNumber, earlier: earlierSchema }),
  z.strictObject({
    type: z.literal('earlier'),
    earlier: z.array(earlierSchema).max(LIMITS.earlier),
    more: z.boolean(),
    space: keptSpaceSchema,
  }),
  z.strictObject({ type: z.literal('earlier-picture'), id, picture: pictureSchema.optional() }),
  z.strictObject({ type: z.literal('space'), space: keptSpaceSchema }),
  z.strictObject({ type: z.literal('about'), about: aboutSchema }),
  z.strictObject({
    type: z.literal('set'),
    ask: count,
    about: aboutSchema.optional(),
    /** Why nothing was set, where `about` is absent. */
    refused: z.strictObject({ code: errorCode, message: sentence }).optional(),
  }),
  z.strictObject({
    type: z.literal('error'),
    code: errorCode,
    message: sentence,
    /** What was asked and gets no other answer; absent for what nobody asked. */
    answers: z.enum(['models', 'earlier', 'earlier-picture', 'favourite', 'forget']).optional(),
    /** The picture that was asked for. */
    id: id.optional(),
  }),
  z.strictObject({ type: z.literal('pong') }),
])

/** How a connection ends for each error that ends it; every other error leaves it open. */
export const CLOSE_CODES = {
  'message-invalid': 4400,
  unpaired: 4401,
  foreign: 4403,
  'too-slow': 4408,
  'too-large': 4413,
  'picture-invalid': 4422,
  'version-mismatch': 4426,
} as const satisfies Partial<Record<ErrorCode, number>>

export type Phase = (typeof PHASES)[number]
export type PictureHeader = z.infer<typeof pictureSchema>
export type DeviceReport = Readonly<z.infer<typeof deviceSchema>>
export type ModelRecord = Readonly<z.infer<typeof modelSchema>>
export type ClientMessage = z.infer<typeof clientMessageSchema>
export type ServerMessage = z.infer<typeof serverMessageSchema>
