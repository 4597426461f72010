import { createRef } from 'react'

/** The button that makes a picture: the keyboard's focus goes there when what had it is gone. */
export const mainButton = createRef<{ focus(): void }>()
