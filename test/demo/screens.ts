// On which screens a run meets a view: every view on one at least, and on every screen some view.
import { sampled } from '../support/sampled'
import { desk, phone } from './person'

const views = ['train', 'texts', 'race', 'blank', 'gradients', 'gates', 'how', 'xray', 'verify', 'measure'] as const
type View = (typeof views)[number]
const screens = [
  ['on a phone', phone],
  ['at a desk', desk],
] as const
const all = views.flatMap((view) => screens.map(([name, screen]) => ({ view, name, screen })))
type One = (typeof all)[number]

/** Those of a view, for `describe.each`. */
export const screensOf = (mine: View): One[] =>
  sampled(all, { axes: { view: ({ view }) => view, name: ({ name }) => name }, here: ({ view }) => view === mine })
