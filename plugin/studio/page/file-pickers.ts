import type { FilePickers } from '../double/file-system.ts'
import { element } from './element.ts'

/** The browser's own dialog for choosing a file, and a download for saving one. */
export const browserPickers: FilePickers = {
  open: (endings) =>
    new Promise((resolve, reject) => {
      const accept = endings.includes('*') ? '' : endings.map((ending) => `.${ending}`).join(',')
      const input = element('input', '', { type: 'file', accept, hidden: '' })
      document.body.append(input)
      input.addEventListener('cancel', () => {
        input.remove()
        resolve(null)
      })
      input.addEventListener('change', () => {
        const [file] = input.files ?? []
        input.remove()
        if (file === undefined) return resolve(null)
        file.arrayBuffer().then((data) => resolve({ name: file.name, bytes: new Uint8Array(data) }), reject)
      })
      input.click()
    }),
  save: (name) =>
    Promise.resolve({
      name,
      written: (bytes) => {
        const url = URL.createObjectURL(new Blob([bytes.slice()]))
        element('a', '', { href: url, download: name }).click()
        URL.revokeObjectURL(url)
      },
    }),
}
