/** What is said of the place a picture goes to, and of what it starts from. */
export const where = {
  startFrom: 'Start from',
  starts: {
    nothing: 'Start from nothing',
    canvas: 'Start from the canvas',
    layer: 'Start from the selected layer',
  },
  broughtAlong: 'Starts from the picture that this recipe started from.',
  leaveOut: 'Leave it out',
  leaveOutHelp: 'The next picture starts from what is chosen above',
  map: 'What is painted anew',
  strength: 'Strength (% painted anew)',
  strengthNumber: 'Strength in per cent',
  feather: 'Feather',
  featherLabel: 'Feather in pixels',
  featherUsual: 'as its size asks',
  pixels: 'px',
  selection: (width: number, height: number) => `Only the selection, ${width} × ${height}`,
  artboard: (name: string, width: number, height: number) => `The artboard “${name}”, ${width} × ${height}`,
  canvas: (width: number, height: number) => `The whole canvas, ${width} × ${height}`,
}
