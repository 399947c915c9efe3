// The events of a training, and what the view shows: its curve and samples. The page and the worker compute the same from the
// events.
import { Curve, type CurveData, type Point } from '../curve'
import type { Failure } from '../protocol'
import type { RunConfig } from '../run-config'
import type { SampledText } from './sampled-text'
import type { Settings } from './settings'

export type TrainConfig = RunConfig<Settings>

export type TrainEvent =
  | { readonly kind: 'started'; readonly parameters: number; readonly epochs: number }
  /** The same for a run that resumes. */
  | { readonly kind: 'model'; readonly parameters: number }
  | {
      readonly kind: 'progress'
      /** The newest steps, oldest first. */
      readonly points: readonly Point[]
      readonly epoch: number
      readonly totalSteps: number
      /** These three are null until a few steps have been measured. */
      readonly charsPerSecond: number | null
      readonly secondsPerStep: number | null
      readonly secondsLeft: number | null
    }
  /** A sample, and the mean loss on held-out text in nats. */
  | { readonly kind: 'evaluation'; readonly step: number; readonly prefix: string; readonly draws: SampledText; readonly heldOutLoss: number | null }
  /** The run continues, but the settings of the sampling are invalid. */
  | { readonly kind: 'sampling-refused'; readonly failure: Failure }
  /** The run resumes after its end, up to so many epochs. */
  | { readonly kind: 'extended'; readonly epochs: number }

export type Progress = Extract<TrainEvent, { kind: 'progress' }>
export type Evaluation = Extract<TrainEvent, { kind: 'evaluation' }>

/** A new object after each event, with the same curve. */
export interface Learning {
  readonly step: number
  /** Epochs after which the run is finished. */
  readonly epochs: number
  /** null for a run that resumes, until its model is loaded. */
  readonly parameters: number | null
  readonly curve: Curve
  /** Oldest first. */
  readonly samples: readonly Evaluation[]
  /** The newest figures; null before the first. */
  readonly progress: Progress | null
}

/** The same as plain data, to be stored and sent. */
export type LearningData = Omit<Learning, 'curve' | 'progress'> & { readonly curve: CurveData }

export const pack = ({ progress: _, ...learning }: Learning): LearningData => ({ ...learning, curve: learning.curve.data })
export const unpack = (data: LearningData): Learning => ({ ...data, curve: new Curve(data.curve), progress: null })

/** The record of an imported model, which has shown nothing yet. */
export const emptyRecord = (step: number, epochs: number): LearningData => ({ step, epochs, parameters: null, curve: new Curve().data, samples: [] })

export function advance(now: Learning | null, event: TrainEvent): Learning | null {
  if (event.kind === 'started') return { step: 0, epochs: event.epochs, parameters: event.parameters, curve: new Curve(), samples: [], progress: null }
  if (!now) return null
  switch (event.kind) {
    case 'model':
      return { ...now, parameters: event.parameters }
    case 'extended':
      return { ...now, epochs: event.epochs }
    case 'progress': {
      const newer = event.points.filter(({ step }) => step > now.step)
      for (const point of newer) now.curve.add(point)
      return { ...now, step: newer.at(-1)?.step ?? now.step, progress: event }
    }
    case 'evaluation': {
      const { step, heldOutLoss } = event
      if (heldOutLoss !== null) now.curve.addHeldOut({ step, loss: heldOutLoss })
      return { ...now, samples: thin([...now.samples.filter((sample) => sample.step !== step), event]) }
    }
    case 'sampling-refused':
      return now
  }
}

/** Samples in the timeline, at most. */
const maxSamples = 24

/** Drops the sample nearest to its neighbours, by the ratio of steps. The first and the newest stay. */
function thin(samples: readonly Evaluation[]): readonly Evaluation[] {
  if (samples.length <= maxSamples) return samples
  const gap = (i: number) => (samples[i + 1]!.step + 1) / (samples[i - 1]!.step + 1)
  let least = 1
  for (let i = 2; i < samples.length - 2; i++) if (gap(i) < gap(least)) least = i
  return samples.filter((_, i) => i !== least)
}
