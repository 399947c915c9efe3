// Training in rounds: a run trains while it may, else sleeps; so pausing is nothing but not taking the next round.
import type { StateChange } from '../shared/run-config'
import { loss } from './device'
import type { StepBudget } from './step-budget'

/** What trains in rounds. */
export interface Rounds<Event> {
  /** Steps taken. */
  readonly step: number
  /** Takes so many steps, or fewer where it can take no more; null where there is nothing to tell. */
  take(steps: number): Promise<Event | null>
  /** Looks at what is trained, between two rounds. */
  look(): Promise<Event>
  /** Whether nothing is left that could train. */
  readonly over: boolean
  /** It goes on after a rest; `finished`: after its end. */
  resume?(finished: boolean): Event | null
}

interface RoundOptions {
  /** Where it trains. */
  readonly gpu: { readonly lost: Promise<string> }
  readonly budget: StepBudget
  readonly signal: AbortSignal
  /** Steps after the limit of the budget at which it rests again. */
  readonly iterations: number
  /** When it is looked at. */
  readonly schedule: { due(step: number): boolean; looked(step: number, from: number): void }
  /** Milliseconds of a round: short enough for the eye and for a pause, long enough to keep the GPU busy. */
  readonly durations?: readonly [briefest: number, longest: number]
}

export async function* inRounds<Event>(
  rounds: Rounds<Event>,
  { gpu, budget, signal, iterations, schedule, durations: [briefest, longest] = [120, 360] }: RoundOptions,
): AsyncGenerator<Event | StateChange> {
  let size = 1
  const lost = loss(gpu)
  lost.catch(() => {}) // heard while it rests: what trains hears of it by itself
  while (!signal.aborted) {
    const finished = rounds.step >= budget.limit || rounds.over
    if (finished && budget.left > 0) {
      yield rounds.look()
      budget.allow(0)
    }
    if (budget.left <= 0) {
      yield { kind: 'rested', finished }
      await Promise.race([budget.granted(), lost])
      if (signal.aborted) return
      if (finished) budget.limit = Math.max(rounds.step, budget.limit) + iterations
      const further = rounds.resume?.(finished)
      yield { kind: 'resumed' }
      if (further) yield further
      continue
    }
    const [from, before] = [performance.now(), rounds.step]
    const steps = Math.min(size, budget.left, budget.limit - before)
    const event = await rounds.take(steps)
    if (event) yield event
    budget.spend(rounds.step - before)
    const took = performance.now() - from
    if (steps === size && took < briefest) size *= 2
    else if (took > longest) size = Math.max(1, size >> 1)
    if (schedule.due(rounds.step)) {
      const from = performance.now()
      yield rounds.look()
      schedule.looked(rounds.step, from)
    }
  }
}
