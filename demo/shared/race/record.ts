// The events of a race, and what the view shows. The page and the worker compute the same from the events.
import type { Guess } from 'sluice'
import { Curve, type CurveData } from '../curve'
import type { RunConfig } from '../run-config'
import type { RaceSettings } from './settings'
import type { Size } from './sizes'
import type { Lane } from './lanes'

/** A passage with blanks, from the held-out text. */
export interface Passage {
  readonly characters: readonly string[]
  /** Positions of the hidden characters. */
  readonly hidden: readonly number[]
}

export interface LaneProgress {
  /** Losses of its newest steps, in nats, oldest first. */
  readonly losses: readonly number[]
  /** Seconds of training, without the first step, which compiles kernels. */
  readonly seconds: number
  /** Steps in which its gradient was clipped. */
  readonly clipped: number
  /** The step at which its loss was not finite and it stopped; null before. */
  readonly out: { readonly step: number; readonly message: string } | null
}

export interface LaneEvaluation {
  /** Mean loss on held-out text, in nats; null if no text is held out. */
  readonly heldOutLoss: number | null
  /** The sample without its opening; null for the task blanks. */
  readonly text: string | null
  /** The guesses for each blank, the most likely first. */
  readonly guesses: readonly (readonly Guess[])[]
  /** Accuracy on hidden characters of the held-out text; null for the task write. */
  readonly accuracy: number | null
}

export type RaceEvent =
  | {
      readonly kind: 'started'
      readonly lanes: readonly Lane[]
      readonly sizes: readonly Size[]
      readonly passage: Passage | null
      readonly charactersPerStep: number
    }
  /** Steps done by all, and the progress of each. */
  | { readonly kind: 'progress'; readonly step: number; readonly lanes: readonly LaneProgress[] }
  | { readonly kind: 'evaluation'; readonly step: number; readonly prefix: string; readonly lanes: readonly (LaneEvaluation | null)[] }

export interface Racer {
  readonly lane: Lane
  readonly size: Size
  readonly curve: Curve
  /** Seconds of its own training at some steps. Between them time is interpolated. */
  readonly marks: { readonly step: number; readonly seconds: number }[]
  readonly clipped: number
  readonly out: LaneProgress['out']
  readonly accuracy: number | null
}

export interface Race {
  readonly racers: readonly Racer[]
  /** Training steps of every contestant. */
  readonly step: number
  /** Evaluations, the newest last. */
  readonly evaluations: readonly { readonly step: number; readonly prefix: string; readonly lanes: readonly (LaneEvaluation | null)[] }[]
  readonly passage: Passage | null
  readonly charactersPerStep: number
  readonly settings: RaceSettings
  readonly textName: string
}

/** The same as plain data. */
export type RaceData = Omit<Race, 'racers'> & { readonly racers: readonly (Omit<Racer, 'curve'> & { readonly curve: CurveData })[] }

export const pack = (race: Race): RaceData => ({ ...race, racers: race.racers.map((racer) => ({ ...racer, curve: racer.curve.data })) })
export const unpack = (data: RaceData): Race => ({ ...data, racers: data.racers.map((racer) => ({ ...racer, curve: new Curve(racer.curve) })) })

const maxEvaluations = 80

/** The race after an event: a new object with the same curves. */
export function advance(now: Race | null, event: RaceEvent, { settings, textName }: Pick<RunConfig<RaceSettings>, 'settings' | 'textName'>): Race | null {
  if (event.kind === 'started') {
    const { lanes, sizes, passage, charactersPerStep } = event
    const racers = lanes.map((lane, i) => ({
      lane,
      size: sizes[i]!,
      curve: new Curve(),
      marks: [{ step: 1, seconds: 0 }],
      clipped: 0,
      out: null,
      accuracy: null,
    }))
    return { racers, step: 0, evaluations: [], passage, charactersPerStep, settings, textName }
  }
  if (!now) return null
  if (event.kind === 'progress') {
    const racers = now.racers.map((racer, i) => {
      const { losses, seconds, clipped, out } = event.lanes[i]!
      for (const loss of losses) racer.curve.add({ step: racer.curve.last + 1, loss })
      if (losses.length > 0) racer.marks.push({ step: racer.curve.last, seconds })
      return { ...racer, clipped, out }
    })
    return { ...now, racers, step: event.step }
  }
  const { step, prefix, lanes } = event
  const racers = now.racers.map((racer, i) => {
    const look = lanes[i]
    if (look?.heldOutLoss != null) racer.curve.addHeldOut({ step, loss: look.heldOutLoss })
    return { ...racer, accuracy: look?.accuracy ?? racer.accuracy }
  })
  const others = now.evaluations.filter((look) => look.step !== step)
  return { ...now, racers, evaluations: [...(others.length >= maxEvaluations ? others.filter((_, i) => i % 2 === 0) : others), { step, prefix, lanes }] }
}
