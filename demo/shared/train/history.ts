// What a training tells, and what it has shown so far: its curve, and samples from noise to sentences. The worker keeps one with its checkpoint,
// the page one to show.
import { Curve, type CurveData, type Point } from '../curve'
import type { Failure } from '../protocol'
import type { RunConfig } from '../run-config'
import type { Draws } from './draws'
import type { Settings } from './settings'

export type TrainConfig = RunConfig<Settings>

export type TrainEvent =
  | {
      readonly kind: 'started'
      readonly order: TrainConfig
      /** What a run that goes on had shown before. */
      readonly history: HistoryData | null
      readonly characters: number
      readonly heldOut: number
      readonly vocabulary: number
      readonly parameters: number
    }
  | {
      readonly kind: 'progress'
      /** The steps since the event before, oldest first. */
      readonly points: readonly Point[]
      readonly epoch: number
      readonly totalSteps: number
      readonly charsPerSecond: number
      readonly secondsPerStep: number
      readonly secondsLeft: number
    }
  /** A look at the model between steps: what it writes now, and its mean loss on the text held out, in nats. */
  | { readonly kind: 'look'; readonly step: number; readonly prefix: string; readonly draws: Draws; readonly heldOutLoss: number | null }
  /** The run goes on, but could not write with the sampling it was given. */
  | { readonly kind: 'sampling-refused'; readonly failure: Failure }
  /** It cannot train, but it can write: an imported model that does not know the text. */
  | { readonly kind: 'training-refused'; readonly failure: Failure }
  | { readonly kind: 'rested'; readonly finished: boolean }
  | { readonly kind: 'resumed' }

export type Progress = Extract<TrainEvent, { kind: 'progress' }>
export type Sample = Extract<TrainEvent, { kind: 'look' }>

/** Samples kept: as many as one likes to read. */
const most = 24

export interface HistoryData {
  readonly curve: CurveData
  readonly samples: readonly Sample[]
}

export class History {
  readonly curve: Curve
  /** Oldest first. */
  samples: readonly Sample[]

  constructor(data?: HistoryData) {
    this.curve = new Curve(data?.curve)
    this.samples = data?.samples ?? []
  }

  take(event: TrainEvent): void {
    if (event.kind === 'progress') {
      for (const point of event.points) this.curve.add(point)
    } else if (event.kind === 'look') {
      const { step, heldOutLoss } = event
      this.samples = thin([...this.samples.filter((sample) => sample.step !== step), event])
      if (heldOutLoss !== null) this.curve.addHeldOut({ step, loss: heldOutLoss })
    }
  }

  get data(): HistoryData {
    return { curve: this.curve.data, samples: this.samples }
  }
}

/** Drops the sample that lies nearest to its neighbours, counted in ratios of steps: the first and the newest stay. */
function thin(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= most) return samples
  const gap = (i: number) => (samples[i + 1]!.step + 1) / (samples[i - 1]!.step + 1)
  let least = 1
  for (let i = 2; i < samples.length - 2; i++) if (gap(i) < gap(least)) least = i
  return samples.filter((_, i) => i !== least)
}
