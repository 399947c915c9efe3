// Keeps settings in the page's address, so that a link has them. They are written into every history entry that is visited: Back
// changes only the view.
import { effect, signal } from '@preact/signals'

/** The address as it was opened. */
export const parameters = new URLSearchParams(location.search)

/** Counts the visited entries of the history. */
export const entry = signal(0)
addEventListener('popstate', () => entry.value++)

/** Sets parameters of the address, now and whenever a signal that `values` reads changes; null removes one. It adds no history
 * entry. */
export function keepInAddress(values: () => Readonly<Record<string, string | null>>): void {
  effect(() => {
    void entry.value
    const address = new URL(location.href)
    for (const [name, value] of Object.entries(values())) {
      if (value === null) address.searchParams.delete(name)
      else address.searchParams.set(name, value)
    }
    if (address.href !== location.href) history.replaceState(history.state, '', address)
  })
}
