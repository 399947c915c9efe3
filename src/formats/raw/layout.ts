// The layout of the arrays of a layer: the order of its gates, and what a number means.
import { cells } from '../../cells'
import { checkFlag, checkList, checkNumber, show, SluiceError, type Known } from '../../errors'
import type { LayerSpec } from '../../spec'
import type { ArrayLayout, DirectionArrays } from './arrays'

export const layoutNames = { gates: true, transposed: true, forgetBias: true, updateTakesCandidate: true } satisfies Known<ArrayLayout>
const updateGates = ['gru', 'gru-reset-after']

/** The gates in the order of the arrays. @throws SluiceError `bad-value`. */
export function checkLayout(what: string, { gates, transposed, forgetBias, updateTakesCandidate }: ArrayLayout, layer: LayerSpec): readonly string[] {
  const own: readonly string[] = cells[layer.cell].gates
  checkFlag(`${what}.transposed`, transposed)
  checkFlag(`${what}.updateTakesCandidate`, updateTakesCandidate)
  if (forgetBias !== undefined) checkNumber(`${what}.forgetBias`, forgetBias)
  if (forgetBias && cells[layer.cell].forgetGate === null)
    throw new SluiceError('bad-value', `${what}.forgetBias is ${forgetBias}, but a ${layer.cell} has no forget gate`)
  if (updateTakesCandidate && !updateGates.includes(layer.cell))
    throw new SluiceError('bad-value', `${what}.updateTakesCandidate is set, but a ${layer.cell} has no update gate z`)
  if (gates === undefined) return own
  const order = checkList(`${what}.gates`, gates, `of the names ${own.join(', ')} in the order of the arrays`)
  if (order.length !== own.length || !own.every((gate) => order.includes(gate)))
    throw new SluiceError(
      'bad-value',
      `${what}.gates are ${order
        .map((gate: unknown) => (typeof gate === 'string' ? gate : show(gate)))
        .join(', ')
        .slice(0, 60)}, expected ${own.join(', ')} in the order of the arrays`,
    )
  return order
}

/** What Sluice has for a number of the framework: times the one, plus the other. */
export function correction(
  kind: keyof DirectionArrays,
  gate: string | undefined,
  { forgetBias = 0, updateTakesCandidate }: ArrayLayout,
): readonly [number, number] {
  // σ(−x) = 1 − σ(x).
  return [updateTakesCandidate && gate === 'z' ? -1 : 1, kind === 'bias' && gate === 'f' ? forgetBias : 0]
}

/** Where the H numbers of a row and a gate begin in an array of these rows and gates, and how far apart they stand. */
export const spanOf = ({ transposed }: ArrayLayout, rows: number, gates: number, H: number, row: number, gate: number): readonly [number, number] =>
  transposed ? [gate * H * rows + row, rows] : [(row * gates + gate) * H, 1]
