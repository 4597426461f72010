/** What is said of LoRAs. */
export const loras = {
  heading: 'LoRAs',
  add: 'Add a LoRA…',
  none: 'There is no LoRA among the models.',
  weightOf: (name: string) => `Weight of ${name}`,
  weightNumberOf: (name: string) => `Weight of ${name} as a number`,
  remove: 'Remove',
  removeOf: (name: string) => `Removes ${name}`,
  names: (names: readonly string[]) => names.join(', '),
}
