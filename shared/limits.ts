const KIB = 1024
const MIB = 1024 * KIB

/** What either side takes from the other at most; all sizes in bytes. PROTOCOL.md lists the same numbers. */
export const LIMITS = {
  /** A text message before the companion has accepted the token. */
  unpairedMessage: 4 * KIB,
  /** A text message after that: many times what recipes are long, whose prompts have an end but whose names have none. */
  message: 512 * KIB,
  /** The pixels of one binary part. */
  part: MIB,
  /** One picture, and each of its sides in pixels. */
  picture: 64 * MIB,
  pictureSide: 16_384,
  /** The pictures a connection keeps in the companion; the least recently used go first. */
  pictures: 256 * MIB,
  /** Faces that come as numbers under one name, and the numbers of each. */
  faces: 16,
  faceNumbers: 2048,
  /** Earlier pictures in one answer. */
  earlier: 50,
  /** Pictures on their way at the same time, per connection and direction. */
  streams: 4,
  /** Jobs waiting in the companion, over all connections. */
  waitingJobs: 32,
  /** Connections open at the same time. */
  connections: 16,
} as const
