const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const

/** Bytes as people read them: `34 MB`, `4.3 GB`. */
export function bytesInWords(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const amount = bytes / 1000 ** power
  return `${power === 0 || amount >= 10 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]!}`
}
