/** What is said of pictures of several weights. */
export const sweep = {
  name: 'Sweep',
  whose: 'Whose weight',
  weightOf: (name: string) => `Weight of ${name}`,
  compare: 'Compare weights',
  compareHelp: 'Five pictures side by side, of weights from 0 to 1',
  asLayers: 'Weights as layers',
  asLayersHelp: 'Five layers in a group, of weights from 0 to 1',
  heading: 'Weights',
  choose: 'A click on one makes it a layer.',
  made: (count: number, all: number) => `${count} of ${all} made`,
  allAsLayers: 'All as layers',
  drop: 'Drop these',
  dropHelp: 'The document stays as it is',
  cancel: 'Cancel',
  weight: (weight: string) => `Weight ${weight}`,
  makeLayer: (weight: string) => `Make weight ${weight} a layer`,
}
