import { createHost } from '../../plugin/studio/double/host.ts'

const RED = [220, 40, 30, 255] as const
const BLUE = [20, 40, 200, 255] as const

let file: Uint8Array | undefined

/** A PSD file of 64 x 64 pixels: a white Background, a red layer "fox" and a blue one "sky", of which the red one is selected. */
export function foxDocument(): Uint8Array {
  if (file !== undefined) return file
  const { controls } = createHost()
  controls.newDocument({ width: 64, height: 64 })
  const sky = controls.addLayer('sky')
  controls.paint(sky, { left: 0, top: 0, right: 64, bottom: 30 }, BLUE)
  const fox = controls.addLayer('fox')
  controls.paint(fox, { left: 10, top: 20, right: 50, bottom: 50 }, RED)
  controls.selectLayers([fox])
  return (file = controls.save())
}
