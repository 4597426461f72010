/** What is said around the main button. */
export const imprint = {
  button: 'Imprint',
  shortcut: 'Ctrl+Enter, on a Mac Cmd+Enter, does the same.',
  again: 'Imprint again queues another. Escape cancels this one.',
  variations: 'Four variations',
  variationsHelp: 'Four pictures of neighbouring seeds, to choose from before any goes into the document',
  seedIsNew: 'Seed: new each time',
  seedIs: (seed: number) => `Seed: locked to ${seed}`,
  newSeed: 'New each time',
  newSeedHelp: 'Another seed for each picture',
  keepSeed: 'Keep the last one',
  keepSeedHelp: (seed: number) => `The seed of the newest picture, ${seed}, for all from now on`,
}
