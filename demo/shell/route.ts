// Which view is shown: the part of the address after #, so that it works on any static host and from any path.
import { signal } from '@preact/signals'
import { viewNames, type ViewName } from './views'

const current = (): ViewName => viewNames.find((name) => location.hash === `#${name}`) ?? viewNames[0]!

export const view = signal<ViewName>(current())
addEventListener('hashchange', () => (view.value = current()))
