import type { Page } from 'playwright-core'

/** As much of Photoshop's interface as tests use inside the studio's page. */
export interface PageHost {
  readonly app: { readonly activeDocument: { readonly activeLayers: readonly { readonly id: number }[] } }
  readonly core: { executeAsModal(target: () => Promise<void>, options: { commandName: string }): Promise<void> }
  readonly imaging: {
    createImageDataFromBuffer(data: Uint8Array, options: object): Promise<{ dispose(): void }>
    putPixels(options: object): Promise<void>
    putSelection(options: object): Promise<void>
  }
}

interface Patch {
  readonly side: number
  readonly grey: number
  readonly left: number
  readonly top: number
}

/** Paints a grey square into the selected layer through the host's own interface. */
export const paintOverSelectedLayer = (page: Page, wanted: Patch): Promise<void> =>
  page.evaluate(async ({ side, grey, left, top }) => {
    const { app, core, imaging } = (window as unknown as { require(name: 'photoshop'): PageHost }).require('photoshop')
    await core.executeAsModal(
      async () => {
        const imageData = await imaging.createImageDataFromBuffer(new Uint8Array(side * side * 3).fill(grey), {
          width: side,
          height: side,
          components: 3,
          colorSpace: 'RGB',
        })
        const layerID = app.activeDocument.activeLayers[0]?.id ?? 0
        await imaging.putPixels({ layerID, imageData, replace: false, targetBounds: { left, top } })
        imageData.dispose()
      },
      { commandName: 'Paint' },
    )
  }, wanted)
