// The ranking and the curves of a race, by training steps or by each contestant's training time.
import type uPlot from 'uplot'
import { joined } from '../../parts/joined'
import type { Race, Racer } from '../../shared/race/record'

export type Axis = 'steps' | 'time'
export type Measure = 'heldOut' | 'training'

/** Seconds of training that a contestant needed up to a step. */
export function secondsAt({ marks }: Pick<Racer, 'marks'>, step: number): number {
  let [low, high] = [0, marks.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (marks[middle]!.step < step) low = middle + 1
    else high = middle
  }
  const [after, before] = [marks[low]!, marks[Math.max(0, low - 1)]!]
  if (after.step <= before.step || step >= after.step) return after.seconds
  return before.seconds + ((after.seconds - before.seconds) * Math.max(0, step - before.step)) / (after.step - before.step)
}

interface Line {
  readonly x: number[]
  /** Perplexities. */
  readonly y: number[]
}

export function lineOf(racer: Racer, measure: Measure, axis: Axis): Line {
  const { curve } = racer
  const steps = measure === 'heldOut' ? curve.heldOut.map(({ step }) => step) : curve.steps
  const losses = measure === 'heldOut' ? curve.heldOut.map(({ loss }) => loss) : curve.smooth
  return { x: axis === 'steps' ? [...steps] : steps.map((step) => secondsAt(racer, step)), y: losses.map(Math.exp) }
}

export function chartData(racers: readonly Racer[], measures: readonly Measure[], axis: Axis): uPlot.AlignedData {
  const lines = measures.flatMap((measure) => racers.map((racer) => lineOf(racer, measure, axis)))
  if (lines.every(({ x }) => x.length === 0)) return [[], ...lines.map(() => [])]
  return joined(lines.map(({ x, y }) => [x, y]))
}

export interface Standing {
  readonly racer: Racer
  /** Its number in the race, from 0. */
  readonly index: number
  /** Perplexities at the point of comparison; null if unknown yet. */
  readonly heldOut: number | null
  readonly training: number | null
  readonly seconds: number
  readonly charactersPerSecond: number | null
  /** Fraction of its steps in which the gradient was clipped. */
  readonly clipped: number
}

const valueAt = ({ x, y }: Line, at: number): number | null => {
  const index = x.findLastIndex((value) => value <= at)
  return index < 0 ? null : y[index]!
}

/** The contestants, the best first. They are compared after as many steps, or as much time, as the slowest has had. */
export function standingsOf(
  { racers, charactersPerStep }: Pick<Race, 'racers' | 'charactersPerStep'>,
  measure: Measure,
  axis: Axis,
): { at: number; ranking: readonly Standing[] } {
  const reached = (racer: Racer) => (axis === 'steps' ? racer.curve.last : secondsAt(racer, racer.curve.last))
  const running = racers.filter(({ out }) => !out)
  const at = Math.min(...(running.length > 0 ? running : racers).map(reached))
  const standings = racers.map((racer, index): Standing => {
    const seconds = racer.marks.at(-1)!.seconds
    const timed = racer.curve.last - 1
    return {
      racer,
      index,
      seconds,
      heldOut: valueAt(lineOf(racer, 'heldOut', axis), at),
      training: valueAt(lineOf(racer, 'training', axis), at),
      charactersPerSecond: seconds > 0 ? (timed * charactersPerStep) / seconds : null,
      clipped: racer.curve.last > 0 ? racer.clipped / racer.curve.last : 0,
    }
  })
  const score = ({ racer, ...standing }: Standing) => (racer.out ? Infinity : (standing[measure] ?? standing.training ?? standing.heldOut ?? Infinity))
  return { at, ranking: standings.toSorted((a, b) => (score(a) === score(b) ? a.index - b.index : score(a) - score(b))) }
}
