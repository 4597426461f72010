/** What is said of the companion: whether it is there, how it starts, and how it is paired. */
export const companion = {
  name: 'Companion',
  looking: 'Looking for the companion…',
  none: 'No companion',
  ready: (device: string) => (device === '' ? 'Ready' : `Ready · ${device}`),
  cpu: 'CPU',
  gpu: 'GPU',
  runThis: 'Run this in Imprint’s folder:',
  line: 'Line that starts the companion',
  copyLine: 'Copy line',
  copied: 'Copied.',
  notCopied: 'The clipboard is closed to Imprint: copy it by hand.',
  number: 'Number that the companion shows, six digits',
  pair: 'Pair',
}
