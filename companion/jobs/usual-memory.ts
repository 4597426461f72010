import { totalmem } from 'node:os'

/** Part of the machine's memory that weights may fill; the least recently used networks make room. */
const MEMORY_SHARE = 0.6

/** Bytes of memory that loaded networks may take unless told otherwise. */
export const usualMemory = (): number => Math.floor(MEMORY_SHARE * totalmem())
