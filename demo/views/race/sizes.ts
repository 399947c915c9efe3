// Who races, and how large each network may be: as many hidden units as bring all of them to the same number of weights.
import { parameterShapes, SluiceError, type NetworkSpec } from 'sluice'
import type { Lane, Task } from './lanes'

/** What of a network follows from the text and the task. A network that fills blanks reads one id more, the blank. */
export interface Reading {
  readonly task: Task
  /** V, distinct characters of the text. */
  readonly vocabulary: number
}

export interface Size {
  /** H, hidden units of each layer and direction. */
  readonly hidden: number
  readonly parameters: number
}

export function specOf({ cell, layers, both }: Lane, hidden: number, { task, vocabulary }: Reading): NetworkSpec {
  return {
    input: { ids: task === 'blanks' ? vocabulary + 1 : vocabulary },
    layers: Array.from({ length: layers }, () => ({ cell, hidden, bidirectional: both })),
    head: { classes: vocabulary },
  }
}

function parametersOf(lane: Lane, hidden: number, reading: Reading): number {
  return [...parameterShapes(specOf(lane, hidden, reading)).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** The size whose number of parameters lies nearest to `wanted`. */
function nearest(lane: Lane, wanted: number, reading: Reading): Size {
  const sized = (hidden: number): Size => ({ hidden, parameters: parametersOf(lane, hidden, reading) })
  // More units, more parameters: the largest that does not exceed what is wanted is found by halving.
  let [low, high] = [1, 2]
  while (sized(high).parameters <= wanted) [low, high] = [high, 2 * high]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (sized(middle).parameters <= wanted) low = middle
    else high = middle
  }
  const [below, above] = [sized(low), sized(high)]
  return wanted - below.parameters <= above.parameters - wanted ? below : above
}

/** Sizes at about `budget` parameters. A unit more is more parameters to some networks than to others: the one that can
 * choose least finely comes first, and the others follow it. @throws SluiceError `bad-value`. */
export function equalSizes(lanes: readonly Lane[], budget: number, reading: Reading): Size[] {
  if (!(Number.isSafeInteger(budget) && budget > 0 && budget <= 1e9)) throw new SluiceError('bad-value', `weights is ${budget}, expected a whole number from 1 to 1,000,000,000`)
  const grain = (lane: Lane) => {
    const { hidden, parameters } = nearest(lane, budget, reading)
    return parametersOf(lane, hidden + 1, reading) - parameters
  }
  const [coarsest] = lanes.toSorted((a, b) => grain(b) - grain(a))
  const wanted = coarsest ? nearest(coarsest, budget, reading).parameters : budget
  return lanes.map((lane) => nearest(lane, wanted, reading))
}
