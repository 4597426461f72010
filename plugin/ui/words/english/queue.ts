/** What is said of pictures that wait. */
export const queue = {
  name: 'Waiting pictures',
  heading: (count: number) => (count === 1 ? 'Then' : `Then ${count} more`),
  cancelAll: 'Cancel all',
  up: 'Up',
  upOne: (name: string) => `Up: ${name}`,
  down: 'Down',
  downOne: (name: string) => `Down: ${name}`,
  cancelOne: (name: string) => `Cancel: ${name}`,
  seed: (seed: number) => `seed ${seed}`,
  nowAt: (name: string, place: number, count: number) => `${name}: now ${place} of ${count}.`,
}
