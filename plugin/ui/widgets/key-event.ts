/** An event of the keyboard, known by what it says: not every host has the browsers' classes of events. */
export const isKeyEvent = (event: Event): event is KeyboardEvent =>
  typeof (event as Partial<KeyboardEvent>).key === 'string'
