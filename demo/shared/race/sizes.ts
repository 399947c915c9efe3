// The sizes of the networks of a race: as many hidden units as give all of them about the same number of weights.
import { parameterShapes, SluiceError, type NetworkSpec } from 'sluice'
import type { Lane, Task } from './lanes'

/** The properties of the text and the task that a network depends on. For the task blanks it has one more input id, the blank; for
 * memory two more, the blank and the sign at which it answers. */
export interface DataSpec {
  readonly task: Task
  /** V, distinct characters of the text, or symbols to remember. */
  readonly vocabulary: number
}

export interface Size {
  /** H, hidden units of each layer and direction. */
  readonly hidden: number
  readonly parameters: number
}

export function specOf({ cell, layers, both }: Lane, hidden: number, { task, vocabulary }: DataSpec): NetworkSpec {
  return {
    input: { ids: vocabulary + { write: 0, blanks: 1, memory: 2 }[task] },
    layers: Array.from({ length: layers }, () => ({ cell, hidden, bidirectional: both })),
    head: { classes: vocabulary },
  }
}

function parametersOf(lane: Lane, hidden: number, reading: DataSpec): number {
  return [...parameterShapes(specOf(lane, hidden, reading)).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** The size whose number of parameters is nearest to `wanted`. */
function nearest(lane: Lane, wanted: number, reading: DataSpec): Size {
  const sized = (hidden: number): Size => ({ hidden, parameters: parametersOf(lane, hidden, reading) })
  // Bisection: the largest size that does not exceed the wanted number.
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

/** The automatic budget: the parameters of a GRU of this size. So a text with many distinct characters, with a large input and
 * output, leaves as many units as a text with few. */
const automaticSize = { lane: { cell: 'gru', layers: 1, both: false }, hidden: 36 } as const
/** The weight of equal sizes relative to the distance from the budget. */
const equalityWeight = 4

/** Sizes of about `budget` parameters (Infinity: automatic), as near to each other as whole units allow. One more unit adds more
 * parameters to some networks than to others. So the network with the largest increment offers a few sizes around the budget, the
 * others match each as closely as they can, and the best offer is taken. @throws SluiceError `bad-value`. */
export function equalSizes(lanes: readonly Lane[], budget: number, reading: DataSpec): Size[] {
  const targetSize = budget === Infinity ? parametersOf(automaticSize.lane, automaticSize.hidden, reading) : budget
  if (!(Number.isSafeInteger(targetSize) && targetSize > 0 && targetSize <= 1e9))
    throw new SluiceError('bad-value', `weights is ${budget}, expected a whole number from 1 to 1,000,000,000, or an empty field for an automatic size`)
  const perUnit = (lane: Lane) => {
    const { hidden, parameters } = nearest(lane, targetSize, reading)
    return parametersOf(lane, hidden + 1, reading) - parameters
  }
  const [coarsest] = lanes.toSorted((a, b) => perUnit(b) - perUnit(a))
  if (!coarsest) return []
  const { hidden } = nearest(coarsest, targetSize, reading)
  const offers = [-3, -2, -1, 0, 1, 2, 3]
    .map((more) => Math.max(1, hidden + more))
    .map((offer) => {
      const target = parametersOf(coarsest, offer, reading)
      const sizes = lanes.map((lane) => nearest(lane, target, reading))
      const counts = sizes.map(({ parameters }) => parameters)
      return { sizes, cost: equalityWeight * (Math.max(...counts) - Math.min(...counts)) + Math.abs(target - targetSize) }
    })
  return offers.reduce((best, offer) => (offer.cost < best.cost ? offer : best)).sizes
}
