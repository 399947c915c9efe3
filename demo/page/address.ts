// What is set stands in the page's address, so that a link keeps it: in every entry of the history that is gone to, for Back
// changes the view and nothing else.
import { effect, signal } from '@preact/signals'

/** The address as it was opened. */
export const parameters = new URLSearchParams(location.search)

/** Counts the entries of the history that were gone to, by a link too. */
export const entry = signal(0)
addEventListener('popstate', () => entry.value++)

/** Keeps parameters of the address as `values` has them, now and whenever a signal that it reads changes; null takes one out.
 * No entry is added to the history. */
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
