// Who races, and how large each network may be: as many hidden units as bring all of them to the same number of weights.
import { parameterShapes, SluiceError, type NetworkSpec } from 'sluice'
import type { Lane, Task } from './lanes'

/** What of a network follows from the text and the task. A network that fills blanks reads one id more, the blank. */
export interface DataSpec {
  readonly task: Task
  /** V, distinct characters of the text. */
  readonly vocabulary: number
}

export interface Size {
  /** H, hidden units of each layer and direction. */
  readonly hidden: number
  readonly parameters: number
}

export function specOf({ cell, layers, both }: Lane, hidden: number, { task, vocabulary }: DataSpec): NetworkSpec {
  return {
    input: { ids: task === 'blanks' ? vocabulary + 1 : vocabulary },
    layers: Array.from({ length: layers }, () => ({ cell, hidden, bidirectional: both })),
    head: { classes: vocabulary },
  }
}

function parametersOf(lane: Lane, hidden: number, reading: DataSpec): number {
  return [...parameterShapes(specOf(lane, hidden, reading)).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** The size whose number of parameters lies nearest to `wanted`. */
function nearest(lane: Lane, wanted: number, reading: DataSpec): Size {
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

/** What a race without a budget gives each: the parameters of a GRU of this size, so that a text with many characters, whose
 * input and output are large, leaves as many units as one with few. */
const automaticSize = { lane: { cell: 'gru', layers: 1, both: false }, hidden: 36 } as const
/** How much nearer to each other the networks must come to be worth being as much farther from the budget. */
const equalityWeight = 4

/** Sizes at about `budget` parameters (Infinity: as many as suit the text), as near to each other as whole units allow. A unit
 * more is more parameters to some networks than to others: the one that can choose least finely offers its sizes around the
 * budget, the others come as near to each as they can, and the best is taken. @throws SluiceError `bad-value`. */
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
