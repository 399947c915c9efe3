// What happened in a race, and why, as far as its own numbers tell.
import type { Race, Racer } from '../../shared/race/record'
import { symbols } from '../../shared/race/memory'
import type { Measure, Standing } from './standing'

/** A fact of a race. Figures are perplexities, fractions are of 1. */
export type Fact =
  /** The best and the last of those that are not out, and by how much the last has more. */
  | { readonly kind: 'ahead'; readonly best: Racer; readonly figure: number; readonly last: Racer; readonly lastFigure: number; readonly more: number }
  /** Of the first two: they differ by less than a fraction that one seed may make. */
  | { readonly kind: 'level'; readonly best: Racer; readonly figure: number; readonly second: Racer; readonly secondFigure: number }
  | { readonly kind: 'out'; readonly who: Racer; readonly step: number; readonly clipped: number }
  /** The best was behind this one up to a step. */
  | { readonly kind: 'overtook'; readonly best: Racer; readonly who: Racer; readonly step: number }
  /** At equal weights, gates leave fewer units. */
  | { readonly kind: 'units'; readonly many: Racer; readonly few: Racer }
  /** By how much the last and the best fell in the last quarter of the steps. */
  | { readonly kind: 'pace'; readonly last: Racer; readonly fell: number; readonly best: Racer; readonly bestFell: number }
  /** Networks that differ only in their layers, by layers. */
  | { readonly kind: 'depth'; readonly racers: readonly Racer[]; readonly figures: readonly number[]; readonly pays: boolean }
  /** Of the task memory: it has learned it, since a step; or it has not. */
  | { readonly kind: 'remembers'; readonly who: Racer; readonly step: number }
  | { readonly kind: 'forgets'; readonly racers: readonly Racer[]; readonly back: number }

/** Those that only tell how a race stands; the others judge it, and wait for its end. */
export const standingFacts = (facts: readonly Fact[]): readonly Fact[] => facts.filter(({ kind }) => ['ahead', 'level', 'out', 'remembers'].includes(kind))

/** Less than this is no difference: another seed makes as much. */
const level = 0.02
/** No sentence, and no leader, before so many steps. */
export const least = 40

type Points = { readonly steps: readonly number[]; readonly losses: readonly number[] }

const pointsOf = ({ curve }: Racer, measure: Measure): Points =>
  measure === 'heldOut' && curve.heldOut.length > 0
    ? { steps: curve.heldOut.map(({ step }) => step), losses: curve.heldOut.map(({ loss }) => loss) }
    : { steps: curve.steps, losses: curve.smooth }

const lossAt = ({ steps, losses }: Points, step: number): number | undefined => losses[steps.findLastIndex((one) => one <= step)]

/** The last step at which `who` had a lower loss than `best`; null if it never had after the first evaluation of a training. */
function behindUntil(best: Points, who: Points): number | null {
  const steps = best.steps.filter((step) => step > 0)
  const step = steps.findLast((one) => (lossAt(who, one) ?? Infinity) < lossAt(best, one)!)
  return step === undefined || step === steps.at(-1) ? null : step
}

/** @param ranking the best first @param measure of the ranking */
export function factsOf(now: Race, ranking: readonly Standing[], measure: Measure): readonly Fact[] {
  const facts: Fact[] = []
  for (const { racer, clipped } of ranking) if (racer.out) facts.push({ kind: 'out', who: racer, step: racer.out.step, clipped })
  const running = ranking.filter(({ racer }) => !racer.out)
  const figureOf = (one: Standing) => one[measure] ?? one.training
  const [first, second] = running
  const last = running.at(-1)
  if (now.step < least || !first || !last || first === last || !second) return facts
  const [figure, secondFigure, lastFigure] = [figureOf(first), figureOf(second), figureOf(last)]
  if (figure === null || secondFigure === null || lastFigure === null) return facts
  const points = (one: Standing) => pointsOf(one.racer, measure)
  if (now.settings.task === 'memory') return [...facts, ...memoryFacts(now, running)]

  const more = lastFigure / figure - 1
  if (secondFigure / figure - 1 < level) facts.push({ kind: 'level', best: first.racer, figure, second: second.racer, secondFigure })
  if (more >= level) facts.push({ kind: 'ahead', best: first.racer, figure, last: last.racer, lastFigure, more })
  const passed = running
    .slice(1)
    .flatMap((other) => {
      const step = behindUntil(points(first), points(other))
      return step === null ? [] : [{ kind: 'overtook' as const, best: first.racer, who: other.racer, step }]
    })
    .toSorted((a, b) => b.step - a.step)
  if (passed[0]) facts.push(passed[0])
  const depth = depthFact(running, figureOf)
  if (depth) facts.push(depth)
  const fewest = last.racer.size.hidden < first.racer.size.hidden && last.racer.lane.layers === first.racer.lane.layers
  if (more >= level && fewest && last.racer.lane.cell !== first.racer.lane.cell) facts.push({ kind: 'units', many: first.racer, few: last.racer })
  const fell = (one: Standing) => {
    const from = lossAt(points(one), 0.75 * now.step)
    return from === undefined ? 0 : 1 - Math.exp(points(one).losses.at(-1)! - from)
  }
  if (more >= level) facts.push({ kind: 'pace', last: last.racer, fell: fell(last), best: first.racer, bestFell: fell(first) })
  return facts
}

/** Of the cell with most different depths: what each came to. */
function depthFact(running: readonly Standing[], figureOf: (one: Standing) => number | null): Fact | null {
  const familyOf = ({ racer: { lane } }: Standing) => `${lane.cell} ${lane.both}`
  const [deepest] = [...new Set(running.map(familyOf))]
    .map((family) => running.filter((one) => familyOf(one) === family))
    .map((ones) => ones.toSorted((a, b) => a.racer.lane.layers - b.racer.lane.layers))
    .filter((ones) => new Set(ones.map(({ racer }) => racer.lane.layers)).size > 1)
    .toSorted((a, b) => b.length - a.length)
  if (!deepest) return null
  const figures = deepest.map((one) => figureOf(one)!)
  return { kind: 'depth', racers: deepest.map(({ racer }) => racer), figures, pays: Math.min(...figures.slice(1)) < figures[0]! * (1 - level) }
}

function memoryFacts({ settings }: Race, running: readonly Standing[]): Fact[] {
  const facts: Fact[] = []
  const guessing = Math.log(symbols)
  for (const { racer } of running.toSorted((a, b) => a.index - b.index)) {
    const right = racer.curve.heldOut.find(({ loss }) => loss < guessing / 10)
    if (right) facts.push({ kind: 'remembers', who: racer, step: right.step })
  }
  const forgetful = running.filter(({ racer }) => (racer.curve.heldOut.at(-1)?.loss ?? 0) > 0.5 * guessing).map(({ racer }) => racer)
  if (forgetful.length > 0) facts.push({ kind: 'forgets', racers: forgetful, back: settings.steps - 1 })
  return facts
}
