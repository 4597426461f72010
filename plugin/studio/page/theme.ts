import type { Theme } from '@spectrum-web-components/theme'

const KEY = 'studio.theme'

/** Switches the page between Photoshop's dark and light looks, and remembers which. */
export function connectTheme(button: HTMLElement, theme: Theme): void {
  const show = (color: 'dark' | 'light'): void => {
    theme.color = color
    document.documentElement.className = color
    button.textContent = color === 'dark' ? 'Light' : 'Dark'
    localStorage.setItem(KEY, color)
  }
  button.addEventListener('click', () => show(theme.color === 'dark' ? 'light' : 'dark'))
  show(localStorage.getItem(KEY) === 'light' ? 'light' : 'dark')
}
