import type { Controls } from '../double/controls.ts'
import { byId, element } from './element.ts'

/** Opening by button or drop, and saving, of PSD files; `say` shows a sentence when a file cannot be read. */
export function connectFiles(controls: Controls, say: (sentence: string) => void): void {
  const picker = byId('input', 'file')

  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      controls.openFile(new Uint8Array(await file.arrayBuffer()), file.name)
      say('')
    } catch (thrown) {
      say(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
  byId('button', 'open').addEventListener('click', () => picker.click())
  picker.addEventListener('change', () => {
    void open(picker.files?.[0])
    picker.value = ''
  })
  document.addEventListener('dragover', (event) => event.preventDefault())
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    void open(event.dataTransfer?.files[0])
  })

  byId('button', 'save').addEventListener('click', () => {
    const title = controls.active()?.title
    if (title === undefined) return say('No document is open.')
    try {
      const url = URL.createObjectURL(new Blob([controls.save().slice()], { type: 'image/vnd.adobe.photoshop' }))
      element('a', '', { href: url, download: title }).click()
      URL.revokeObjectURL(url)
    } catch (thrown) {
      say(thrown instanceof Error ? thrown.message : String(thrown))
    }
  })
}
