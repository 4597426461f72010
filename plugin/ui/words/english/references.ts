import type { Fit, ModeName } from '../../../../shared/recipe.ts'

const modes: Readonly<Record<ModeName, string>> = {
  all: 'Follow all of it',
  style: 'Follow its style',
  composition: 'Follow its layout',
  'style+composition': 'Follow style and layout',
  'strong-style': 'Follow all but its layout',
}

const fits: Readonly<Record<Fit, string>> = {
  crop: 'Sees a square of it',
  pad: 'Sees all of it, on white',
  tile: 'Sees all of it, in tiles',
}

/** What is said of the references: the list, and each card. */
export const references = {
  heading: 'Like this',
  none: 'No layer yet',
  add: (count: number) => (count === 1 ? '+ Use selected layer' : `+ Use ${count} selected layers`),
  addHelp: 'Take the pictures of what is selected in Photoshop',
  addFile: '+ File…',
  addFileHelp: 'Take the picture of a PNG, JPEG or WebP file',
  noDocument: 'Open a document and select a layer.',
  partSelected: (name: string) => `Part of “${name}” is selected.`,
  layerSelected: (name: string) => `“${name}” is selected.`,
  groupSelected: (name: string) => `“${name}” is selected: a group, as one picture.`,

  name: (name: string) => `Reference: ${name}`,
  more: 'More',
  remove: 'Remove',
  weight: 'Weight',
  weightNumber: 'Weight as a number',
  follow: 'Follow',
  modes,
  /** Stands among the modes while the pad says it. */
  onPad: 'Follow as on the pad',
  part: 'The selected part',
  group: 'A group, as one picture',
  file: 'From a file',
  earlier: 'An earlier picture',
  changed: 'Changed',
  gone: 'Its layer is gone',
  refresh: 'Refresh',
  refreshHelp: 'Take the layer’s picture anew',

  pad: 'Style and layout',
  padHelp: (across: string, up: string) => `Right: more ${across.toLowerCase()}. Up: more ${up.toLowerCase()}.`,
  padAt: (across: string, x: string, up: string, y: string) => `${across} ${x}, ${up.toLowerCase()} ${y}`,
  style: 'Style',
  layout: 'Layout',
  percent: (name: string) => `${name} %`,
  inPercent: (name: string) => `${name} in per cent`,
  from: 'From',
  to: 'To',
  fromLabel: 'Acts from (% of the way)',
  toLabel: 'Acts to (% of the way)',
  sees: 'What the model sees',
  fits,
  adapter: 'Read by the adapter',
  reframe: 'Which part is seen',
  reframedTo: (percent: number) => (percent === 50 ? 'the middle' : `${percent} % of the way`),
  reframeHelp: 'Drag to see another part, double-click for the middle',
  crop: 'Part',
  cropLabel: 'Part that is seen (% of the way)',
  byItself: (isOn: boolean) => `Refresh by itself: ${isOn ? 'on' : 'off'}`,
  byItselfHelp: 'Take the layer’s picture anew whenever it changes',
  replace: 'Replace by selected layer',
  replaceHelp: 'Take the selected layer’s picture for this one',

  where: 'Where it acts',
  onlyHere: (width: number, height: number) => `Acts only here, ${width} × ${height}`,
  everywhere: 'Everywhere',
  everywhereHelp: 'Lets this reference act everywhere again',
  actHere: 'Act where my selection is',
  actHereNow: 'Act where my selection is now',
  actHereHelp: 'Lets this reference act where the selection is, and nowhere else',
}
