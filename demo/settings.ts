// The form's settings, read as they stand: what is wrong with one, the library says when training starts.
import type { CellName } from 'sluice'
import { isCell } from './cells'
import { element, numberIn } from './dom'
import type { OptimizerName, Settings } from './protocol'

const form = element('settings', HTMLFormElement)

const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | RadioNodeList
const number = (name: string, empty?: number) => numberIn(field(name) as HTMLInputElement, empty)
const word = (name: string) => (field(name) as HTMLSelectElement | RadioNodeList).value

export function readSettings(): Settings {
  return {
    cell: word('cell') as CellName,
    hidden: number('hidden'),
    layers: number('layers'),
    batch: number('batch'),
    steps: number('steps'),
    epochs: number('epochs', Infinity),
    iterations: number('iterations', Infinity),
    optimizer: word('optimizer') as OptimizerName,
    rate: number('rate'),
    clipNorm: number('clipNorm', Infinity),
    partition: word('partition') as Settings['partition'],
    seed: number('seed'),
  }
}

/** What the samples of a run are to begin with; empty where the text is to give it. */
export const readPrefix = (): string => (field('prefix') as HTMLInputElement).value

/** Fills in what the page's address says, such as `?cell=lstm&hidden=256`: `npm start` hands its options on like that. */
export function fillFromAddress(parameters: URLSearchParams): void {
  const cell = parameters.get('cell')
  if (cell !== null && isCell(cell)) (field('cell') as RadioNodeList).value = cell
  // Epochs are given in place of steps.
  if (parameters.has('epochs') && !parameters.has('iterations')) (field('iterations') as HTMLInputElement).value = ''
  let advanced = false
  for (const name of ['hidden', 'layers', 'batch', 'steps', 'epochs', 'iterations', 'rate', 'seed', 'prefix']) {
    const value = parameters.get(name)
    if (value === null) continue
    ;(field(name) as HTMLInputElement).value = value
    advanced ||= name !== 'hidden' && name !== 'layers'
  }
  if (advanced) unfold()
}

/** Opens the folded settings, because one of them is what matters now. */
export function unfold(): void {
  element('advanced', HTMLDetailsElement).open = true
}
