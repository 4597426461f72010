/** The class of what Escape closes while the focus is in it. */
export const TAKES_ESCAPE = 'takes-escape'

/** Whether an Escape is for what the focus is in; the panel hears of it first, as the host's widgets let few events through. */
export const isTaken = ({ target }: Event): boolean =>
  Boolean((target as Partial<Element> | null)?.closest?.(`.${TAKES_ESCAPE}`))
