// Training in rounds. A run trains while its step budget allows it and sleeps otherwise, so a pause is a round that is not taken.
import type { StateChange } from '../shared/run-config'
import { loss } from './device'
import type { StepBudget } from './step-budget'

/** A model, or several, trained in rounds. */
export interface Rounds<Event> {
  /** Training steps done. */
  readonly step: number
  /** Trains so many steps, or fewer if training ends. @returns the progress, null if there is none */
  train(steps: number): Promise<Event | null>
  /** Evaluates between two rounds. */
  evaluate(): Promise<Event>
  /** Whether training has ended. */
  readonly isOver: boolean
  /** Training resumes after a pause; `finished`: after its end. */
  resume?(finished: boolean): Event | null
}

interface RoundOptions {
  /** The GPU of the models. */
  readonly gpu: { readonly lost: Promise<string> }
  readonly budget: StepBudget
  readonly signal: AbortSignal
  /** Training steps that a resumption after the end adds to the limit. */
  readonly iterations: number
  /** When to evaluate. */
  readonly schedule: { due(step: number): boolean; evaluated(step: number, from: number): void }
  /** Milliseconds of a round: short enough for the eye and for a pause, long enough to keep the GPU busy. */
  readonly durations?: readonly [briefest: number, longest: number]
}

export async function* inRounds<Event>(
  rounds: Rounds<Event>,
  { gpu, budget, signal, iterations, schedule, durations: [briefest, longest] = [120, 360] }: RoundOptions,
): AsyncGenerator<Event | StateChange> {
  let size = 1
  const lost = loss(gpu)
  lost.catch(() => {}) // awaited while the run is paused; a training step rejects by itself
  while (!signal.aborted) {
    const finished = rounds.step >= budget.limit || rounds.isOver
    if (finished && budget.left > 0) {
      yield rounds.evaluate()
      budget.allow(0)
    }
    if (budget.left <= 0) {
      yield { kind: 'rested', finished }
      await Promise.race([budget.available(), lost])
      if (signal.aborted) return
      if (finished) budget.limit = Math.max(rounds.step, budget.limit) + iterations
      const further = rounds.resume?.(finished)
      yield { kind: 'resumed' }
      if (further) yield further
      continue
    }
    const [from, before] = [performance.now(), rounds.step]
    const steps = Math.min(size, budget.left, budget.limit - before)
    const event = await rounds.train(steps)
    if (event) yield event
    budget.spend(rounds.step - before)
    const took = performance.now() - from
    if (steps === size && took < briefest) size *= 2
    else if (took > longest) size = Math.max(1, size >> 1)
    if (schedule.due(rounds.step)) {
      const from = performance.now()
      yield rounds.evaluate()
      schedule.evaluated(rounds.step, from)
    }
  }
}
