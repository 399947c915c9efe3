// The events of a run of Gates, and what the view shows. The page and the worker compute the same from the events.
import { Curve, type CurveData } from '../curve'
import type { RunConfig } from '../run-config'
import { contestants, type GateSettings, type TaskKind } from './settings'

/** A number that is read. */
export interface Item {
  readonly number: number
  /** Whether it has the mark of the first of a piece. */
  readonly first: boolean
}

/** What a network does with the sequence that is shown. */
export interface LaneLook {
  /** By gate, after each number: the mean over its units, each with its share in the answer, [T]. */
  readonly gates: Readonly<Record<string, readonly number[]>>
  /** Its answer after each number, [T]. */
  readonly answers: readonly number[]
  /** The mean squared error of all answers to new sequences. */
  readonly loss: number
}

export type GateEvent =
  | { readonly kind: 'started'; readonly sequence: readonly Item[]; readonly parameters: readonly number[] }
  /** Losses of the newest steps of each network, oldest first. `step`: steps done. */
  | { readonly kind: 'progress'; readonly step: number; readonly steps: readonly number[]; readonly lanes: readonly (readonly number[])[] }
  | { readonly kind: 'evaluation'; readonly step: number; readonly lanes: readonly LaneLook[] }

export interface Evaluation {
  readonly step: number
  readonly lanes: readonly LaneLook[]
}

export interface GateRun {
  /** By contestant. */
  readonly lanes: readonly { readonly loss: Curve; readonly parameters: number }[]
  readonly step: number
  /** What all networks read, [T]. */
  readonly sequence: readonly Item[]
  /** The first one is from before the training. */
  readonly evaluations: readonly Evaluation[]
  readonly settings: GateSettings
}

/** The same as plain data. */
export type GateData = Omit<GateRun, 'lanes'> & { readonly lanes: readonly { readonly loss: CurveData; readonly parameters: number }[] }

export const pack = (now: GateRun): GateData => ({ ...now, lanes: now.lanes.map(({ loss, parameters }) => ({ loss: loss.data, parameters })) })
export const unpack = (data: GateData): GateRun => ({
  ...data,
  lanes: data.lanes.map(({ loss, parameters }) => ({ loss: new Curve(loss), parameters })),
})

const maxEvaluations = 60

/** The run after an event: a new object with the same curves. */
export function advance(now: GateRun | null, event: GateEvent, { settings }: Pick<RunConfig<GateSettings>, 'settings'>): GateRun | null {
  if (event.kind === 'started') {
    const { sequence, parameters } = event
    return { lanes: contestants.map((_, i) => ({ loss: new Curve(), parameters: parameters[i]! })), step: 0, sequence, evaluations: [], settings }
  }
  if (!now) return null
  if (event.kind === 'progress') {
    for (const [i, { loss }] of now.lanes.entries()) event.lanes[i]!.forEach((value, n) => loss.add({ step: event.steps[n]!, loss: value }))
    return { ...now, step: event.step }
  }
  const { step, lanes } = event
  // Every second one is dropped, so older ones lie further apart. The first one stays.
  const thinned = now.evaluations.length < maxEvaluations ? now.evaluations : now.evaluations.filter((_, i) => i % 2 === 0)
  return { ...now, evaluations: [...thinned.filter((evaluation) => evaluation.step !== step), { step, lanes }] }
}

/** Where the piece of the number t begins. */
export const startOf = (sequence: readonly Item[], t: number): number => sequence.findLastIndex(({ first }, i) => first && i <= t)

/** The numbers that the answer after the number t depends on; none where nothing is asked. */
export const counting = (kind: TaskKind, sequence: readonly Item[], t: number): readonly number[] =>
  t === 0 ? [] : kind === 'long' ? [startOf(sequence, t)] : [t - 1, t]

/** The right answer after the number t: the mean of those that count. null where nothing is asked. */
export function answerAt(kind: TaskKind, sequence: readonly Item[], t: number): number | null {
  const counts = counting(kind, sequence, t)
  return counts.length === 0 ? null : counts.reduce((sum, i) => sum + sequence[i]!.number, 0) / counts.length
}

/** The number that is shown at first: the one furthest from its mark. */
export const furthest = (sequence: readonly Item[]): number => {
  const back = sequence.map((_, t) => t - startOf(sequence, t))
  return back.indexOf(Math.max(...back))
}

/** The mean of a gate at the marks, and at the other numbers, the first one left out: there is no state before it. */
export function atMarks(values: readonly number[], sequence: readonly Item[]): { readonly marked: number; readonly others: number } {
  const meanOf = (wanted: boolean) => {
    const chosen = values.filter((_, t) => t > 0 && sequence[t]!.first === wanted)
    return chosen.reduce((a, b) => a + b, 0) / chosen.length
  }
  return { marked: meanOf(true), others: meanOf(false) }
}
