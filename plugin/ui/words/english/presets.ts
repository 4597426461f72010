/** What is said of presets. */
export const presets = {
  heading: 'Presets',
  name: 'Name of the preset',
  nameExample: 'A name for this prompt',
  save: 'Save',
  replace: 'Replace',
  saveHelp: 'Keep the prompt and all that belongs to it but the references',
  takeHelp: (name: string) => `Take “${name}” again`,
  rename: 'Rename',
  renameOne: (name: string) => `Rename ${name}`,
  newName: (name: string) => `New name of ${name}`,
  remove: 'Delete',
  removeOne: (name: string) => `Delete ${name}`,
  removeQuestion: (name: string) => `Delete “${name}”?`,
  keep: 'Keep',
}
