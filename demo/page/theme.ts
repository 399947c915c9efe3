// Light, dark, or the system's theme. public/theme.js does the same before the first paint.
import { effect, signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'
export const themes = ['auto', 'light', 'dark'] as const satisfies readonly Theme[]

const key = 'sluice.theme'

function stored(): Theme {
  try {
    const word = localStorage.getItem(key)
    return word === 'light' || word === 'dark' ? word : 'auto'
  } catch {
    return 'auto' // a browser without storage still has a theme
  }
}

export const theme = signal<Theme>(stored())
const system = matchMedia('(prefers-color-scheme: dark)')
/** Counts the changes of the colours. What paints on a canvas reads it, to repaint. */
export const colours = signal(0)
system.addEventListener('change', () => colours.value++)

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
  try {
    localStorage.setItem(key, theme.value)
  } catch {
    // Without storage it lasts until the page closes.
  }
  colours.value = colours.peek() + 1
})
