/** RGBA rows, 8 bit. */
export interface Drawable {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Makes a canvas show a picture pixel by pixel, and as large as it. */
export function drawnOn(canvas: HTMLCanvasElement, { width, height, data }: Drawable): HTMLCanvasElement {
  canvas.width = Math.max(1, width)
  canvas.height = Math.max(1, height)
  if (width > 0 && height > 0) {
    const image = new ImageData(width, height)
    image.data.set(data)
    canvas.getContext('2d')?.putImageData(image, 0, 0)
  }
  return canvas
}
