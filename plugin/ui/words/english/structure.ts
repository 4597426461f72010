import type { Control } from '../../../../shared/recipe.ts'

const preprocessors: Readonly<Record<NonNullable<Control['preprocess']>, string>> = {
  none: 'Read as it is',
  canny: 'Read its edges',
  invert: 'Read it inverted',
}

/** What is said of the picture that holds the structure. */
export const structure = {
  heading: 'Structure',
  help: 'A layer whose lines, pose or depth the picture keeps.',
  none: 'There is no ControlNet among the models.',
  take: 'Use selected layer',
  takeAnew: 'Use selected layer instead',
  takeHelp: 'The picture keeps this layer’s lines, pose or depth, where the layer lies',
  picture: (name: string) => `Structure: ${name}`,
  holds: (name: string) => `Keeps the structure of “${name}”`,
  others: (count: number) =>
    count === 1
      ? 'Another ControlNet, which came with this recipe, holds the picture as well.'
      : `${count} other ControlNets, which came with this recipe, hold the picture as well.`,
  controlnet: 'ControlNet',
  preprocess: 'How it is read',
  preprocessors,
  weight: 'How much it holds',
  weightNumber: 'How much it holds, as a number',
  remove: 'Remove',
  removeHelp: 'Nothing holds the structure any more',
}
