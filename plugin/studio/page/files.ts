import type { Controls } from '../double/controls.ts'
import { byId, element } from './element.ts'
import { openFile } from './open-file.ts'

/**
 * Opening of PSD files and pictures by button or drop, and saving of PSD files; `say` shows a sentence when a file cannot be read. Returns
 * the way to save, which says whether that worked.
 */
export function connectFiles(controls: Controls, say: (sentence: string) => void, saved: () => void): () => boolean {
  const picker = byId('input', 'file')

  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      await openFile(controls, byId('div', 'panel'), file.name, new Uint8Array(await file.arrayBuffer()))
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
  const table = byId('div', 'table')
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
    table.classList.add('table-dropping')
  })
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) table.classList.remove('table-dropping')
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    table.classList.remove('table-dropping')
    void open(event.dataTransfer?.files[0])
  })

  const save = (): boolean => {
    const title = controls.active()?.title
    if (title === undefined) return false
    try {
      const url = URL.createObjectURL(new Blob([controls.save().slice()], { type: 'image/vnd.adobe.photoshop' }))
      element('a', '', { href: url, download: title }).click()
      URL.revokeObjectURL(url)
      saved()
      return true
    } catch (thrown) {
      say(thrown instanceof Error ? thrown.message : String(thrown))
      return false
    }
  }
  byId('button', 'save').addEventListener('click', save)
  return save
}
