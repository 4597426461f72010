let names = 0

/** A name for a reference that no other one ever has. */
export const newReferenceName = (): string => `reference ${++names}`
