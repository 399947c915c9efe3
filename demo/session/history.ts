// What a run has shown so far: its curve, and samples from noise to sentences. The worker keeps one with its checkpoint,
// the page one to show.
import type { RunEvent } from '../worker/run'
import { Curve, type CurveData } from './curve'

export type Progress = Extract<RunEvent, { kind: 'progress' }>
export type Sample = Extract<RunEvent, { kind: 'look' }>

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

  take(event: RunEvent): void {
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
