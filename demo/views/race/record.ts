// What a race has shown: the page shows it, and the worker keeps the same with its networks.
import { Curve, type CurveData } from '../../session/curve'
import type { Order } from '../../worker/order'
import type { LaneLook, LaneProgress, Passage, RaceEvent } from './handlers'
import type { RaceSettings } from './settings'
import type { Size } from './sizes'
import type { Lane } from './lanes'

export interface Racer {
  readonly lane: Lane
  readonly size: Size
  readonly curve: Curve
  /** Seconds of its own training at some of its steps, for the time between is even. */
  readonly marks: { readonly step: number; readonly seconds: number }[]
  readonly clipped: number
  readonly out: LaneProgress['out']
  readonly accuracy: number | null
}

export interface Race {
  readonly racers: readonly Racer[]
  /** Steps that every contestant has taken. */
  readonly step: number
  /** What was looked at, the newest last. */
  readonly looks: readonly { readonly step: number; readonly prefix: string; readonly lanes: readonly (LaneLook | null)[] }[]
  readonly passage: Passage | null
  readonly charactersPerStep: number
  readonly settings: RaceSettings
  readonly textName: string
}

/** The same as plain data. */
export type RaceData = Omit<Race, 'racers'> & { readonly racers: readonly (Omit<Racer, 'curve'> & { readonly curve: CurveData })[] }

export const pack = (race: Race): RaceData => ({ ...race, racers: race.racers.map((racer) => ({ ...racer, curve: racer.curve.data })) })
export const unpack = (data: RaceData): Race => ({ ...data, racers: data.racers.map((racer) => ({ ...racer, curve: new Curve(racer.curve) })) })

const mostLooks = 80

/** The race after an event: a new object, whose curves are those of the one before. */
export function advance(now: Race | null, event: RaceEvent, { settings, textName }: Pick<Order<RaceSettings>, 'settings' | 'textName'>): Race | null {
  if (event.kind === 'started') {
    const { lanes, sizes, passage, charactersPerStep } = event
    const racers = lanes.map((lane, i) => ({ lane, size: sizes[i]!, curve: new Curve(), marks: [{ step: 1, seconds: 0 }], clipped: 0, out: null, accuracy: null }))
    return { racers, step: 0, looks: [], passage, charactersPerStep, settings, textName }
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
  const others = now.looks.filter((look) => look.step !== step)
  return { ...now, racers, looks: [...(others.length >= mostLooks ? others.filter((_, i) => i % 2 === 0) : others), { step, prefix, lanes }] }
}
