import * as z from 'zod'

/** Where the networks may be asked to run; `auto` takes the GPU where that is right and faster. */
export const DEVICES = ['auto', 'cpu', 'webgpu'] as const

export type DeviceChoice = (typeof DEVICES)[number]

/** Less memory than this, in bytes, holds no model that is worth asking for. */
export const LEAST_MEMORY = 256 * 2 ** 20

const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/** As long as a path may be. */
const path = z.string().min(1).max(4096)

/** What a person has set of a companion; what is absent is as usual. Kept in a file of this shape. */
export const companionSettingsSchema = z.strictObject({
  device: z.enum(DEVICES).optional(),
  /** Bytes of the disk that earlier pictures may take. */
  quota: bytes.optional(),
  /** Bytes of memory that loaded models may take. */
  memory: bytes.min(LEAST_MEMORY).optional(),
  /** Another folder with models. */
  folder: path.optional(),
})

/** What is to change of them; null has it as usual again. */
export const settingsChangeSchema = z.strictObject({
  device: z.enum(DEVICES).nullable().optional(),
  quota: bytes.nullable().optional(),
  memory: bytes.nullable().optional(),
  folder: path.nullable().optional(),
})

const names = companionSettingsSchema.keyof()

/** What holds now, and which of it the companion's start line says, so that nobody else can. */
export const settingsNowSchema = z.strictObject({
  device: z.enum(DEVICES),
  quota: bytes,
  memory: bytes,
  folder: path.optional(),
  fixed: z.array(names).max(names.options.length),
})

export type CompanionSettings = Readonly<z.infer<typeof companionSettingsSchema>>
export type SettingsChange = Readonly<z.infer<typeof settingsChangeSchema>>
export type SettingsNow = Readonly<z.infer<typeof settingsNowSchema>>
export type SettingName = z.infer<typeof names>
