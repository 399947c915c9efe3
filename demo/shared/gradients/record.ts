// The events of a run of Gradients, and what the view shows. The page and the worker compute the same from the events.
import type { CellName } from 'sluice'
import { Curve, type CurveData } from '../curve'
import type { RunConfig } from '../run-config'
import { contestantsOf, type GradientSettings } from './settings'

export interface LanePoint {
  /** Mean loss of the step's batch. */
  readonly loss: number
  /** Global norm of the gradient, before it is clipped. */
  readonly norm: number
}

export interface Out {
  readonly step: number
  /** Which of them is not finite. */
  readonly what: 'loss' | 'gradient'
}

export interface LaneNorms {
  /** ‖dL/dh‖ at each step before the loss, from 0, over all rows of a fixed batch. */
  readonly h: readonly number[]
  /** The same for ‖dL/dc‖ of an LSTM's memory cell; null for other cells. */
  readonly c: readonly number[] | null
}

export type GradientEvent =
  | { readonly kind: 'started'; readonly cells: readonly CellName[]; readonly guessing: number | null }
  | { readonly kind: 'progress'; readonly step: number; readonly lanes: readonly { readonly points: readonly LanePoint[]; readonly out: Out | null }[] }
  | { readonly kind: 'evaluation'; readonly step: number; readonly lanes: readonly (LaneNorms | null)[] }

/** The number of newest steps in the figure of recent clipping. */
export const recentSteps = 100

export interface Lane {
  readonly cell: CellName
  /** Infinity for no clipping. A run that an earlier version saved has none: that of the settings holds. */
  readonly clipNorm?: number
  readonly loss: Curve
  /** Norms of the gradient, by step. */
  readonly norm: Curve
  readonly lastNorm: number | null
  /** The number of clipped steps, and for each of the newest steps whether it was clipped. */
  readonly clipped: number
  readonly recent: readonly boolean[]
  readonly out: Out | null
}

export interface NormsAtStep {
  readonly step: number
  readonly lanes: readonly (LaneNorms | null)[]
}

export interface Gradients {
  readonly lanes: readonly Lane[]
  readonly step: number
  /** The first one is from before the training. */
  readonly evaluations: readonly NormsAtStep[]
  readonly guessing: number | null
  readonly settings: GradientSettings
}

/** The same as plain data. */
export type GradientData = Omit<Gradients, 'lanes'> & {
  readonly lanes: readonly (Omit<Lane, 'loss' | 'norm'> & { readonly loss: CurveData; readonly norm: CurveData })[]
}

export const pack = (now: Gradients): GradientData => ({ ...now, lanes: now.lanes.map((lane) => ({ ...lane, loss: lane.loss.data, norm: lane.norm.data })) })
export const unpack = (data: GradientData): Gradients => ({
  ...data,
  lanes: data.lanes.map((lane) => ({ ...lane, loss: new Curve(lane.loss), norm: new Curve(lane.norm) })),
})

/** The norm of a gradient from which one update without clipping throws the weights out of range. */
const brinkNorm = 1000

/** The network whose next step will most likely be its last; null if there is none. */
export const onTheBrink = ({ lanes, settings }: Pick<Gradients, 'lanes' | 'settings'>): Lane | null =>
  lanes.find((lane) => !lane.out && isOverBrink(lane.lastNorm ?? 0, lane.clipNorm ?? settings.clipNorm)) ?? null

export const isOverBrink = (norm: number, clipNorm: number): boolean => norm > brinkNorm && clipNorm > brinkNorm

const maxEvaluations = 120

/** The run after an event: a new object with the same curves. */
export function advance(now: Gradients | null, event: GradientEvent, { settings }: Pick<RunConfig<GradientSettings>, 'settings'>): Gradients | null {
  if (event.kind === 'started') {
    const { cells, guessing } = event
    const contestants = contestantsOf(settings)
    const lanes = cells.map((cell, i): Lane => ({
      cell,
      clipNorm: contestants[i]!.clipNorm,
      loss: new Curve(),
      norm: new Curve(),
      lastNorm: null,
      clipped: 0,
      recent: [],
      out: null,
    }))
    return { lanes, step: 0, evaluations: [], guessing, settings }
  }
  if (!now) return null
  if (event.kind === 'evaluation') {
    const { step, lanes } = event
    // Every second one is dropped, so older ones lie further apart. The first one stays.
    const thinned = now.evaluations.length < maxEvaluations ? now.evaluations : now.evaluations.filter((_, i) => i % 2 === 0)
    return { ...now, evaluations: [...thinned.filter((evaluation) => evaluation.step !== step), { step, lanes }] }
  }
  const lanes = now.lanes.map((lane, i): Lane => {
    const { points, out } = event.lanes[i]!
    for (const { loss, norm } of points) {
      const step = lane.loss.last + 1
      lane.loss.add({ step, loss })
      lane.norm.add({ step, loss: norm })
    }
    const clipped = points.map(({ norm }) => norm > (lane.clipNorm ?? now.settings.clipNorm))
    return {
      ...lane,
      out,
      lastNorm: points.at(-1)?.norm ?? lane.lastNorm,
      clipped: lane.clipped + clipped.filter(Boolean).length,
      recent: [...lane.recent, ...clipped].slice(-recentSteps),
    }
  })
  return { ...now, lanes, step: event.step }
}
