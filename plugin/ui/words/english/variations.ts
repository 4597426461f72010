/** What is said of pictures to choose from. */
export const variations = {
  name: 'Variations',
  heading: 'Choose',
  makeLayers: (count: number) => (count === 1 ? 'Make it a layer' : `Make ${count} layers`),
  none: 'None of them',
  drop: 'Drop these',
  dropHelp: 'Finished pictures stay under Earlier pictures',
  seed: (seed: number) => `Seed ${seed}`,
  choose: 'Choose',
  chosen: 'Chosen',
  chooseSeed: (seed: number) => `Choose seed ${seed}`,
}
