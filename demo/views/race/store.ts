// The race as the page knows it: kept while another view is shown.
import { effect, signal } from '@preact/signals'
import { call, stream } from '../../session/client'
import { Curve } from '../../session/curve'
import { runner } from '../../session/runner'
import { device } from '../../session/session'
import { prefix, settings as shared } from '../../session/settings'
import { loadText, text, textFacts } from '../../session/text'
import { lanes, settings, type RaceSettings } from './settings'
import type { LaneLook, LaneProgress, Passage, RaceEvent } from './handlers'
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

/** null before the first; a new object whenever it has changed. */
export const race = signal<Race | null>(null)
/** Sizes of those who are to race, as they would be now; null until they are known. */
export const sizes = signal<readonly Size[] | null>(null)

const mostLooks = 80
let began: { readonly settings: RaceSettings; readonly lanes: readonly Lane[]; readonly textName: string } | null = null

const sampling = () => {
  const { temperature, topK } = shared.value
  return { temperature, topK, length: 160 }
}

export const runs = runner<RaceEvent>({
  async *follow(signal) {
    const [set, chosen] = [settings.value, lanes.value]
    const { name, content, opening } = await loadText()
    began = { settings: set, lanes: chosen, textName: name }
    if (!signal.aborted) yield* stream('race', { ...set, text: content, prefix: prefix.value || opening, lanes: chosen, sampling: sampling() }, signal)
  },
  allow: (steps) => void call('allowRace', { steps }),
  take,
  clear: () => (race.value = null),
  stamp: () => JSON.stringify([settings.value, prefix.value, text.value.id], (_, value: unknown) => (typeof value === 'number' ? String(value) : value)),
})

function take(event: RaceEvent): void {
  if (event.kind === 'started') {
    const { sizes, passage, charactersPerStep } = event
    const racers = began!.lanes.map((lane, i) => ({ lane, size: sizes[i]!, curve: new Curve(), marks: [{ step: 1, seconds: 0 }], clipped: 0, out: null, accuracy: null }))
    race.value = { racers, step: 0, looks: [], passage, charactersPerStep, settings: began!.settings, textName: began!.textName }
    return
  }
  const now = race.value
  if (!now) return
  if (event.kind === 'progress') {
    const racers = now.racers.map((racer, i) => {
      const { losses, seconds, clipped, out } = event.lanes[i]!
      for (const loss of losses) racer.curve.add({ step: racer.curve.last + 1, loss })
      if (losses.length > 0) racer.marks.push({ step: racer.curve.last, seconds })
      return { ...racer, clipped, out }
    })
    race.value = { ...now, racers, step: event.step }
  } else {
    const { step, prefix, lanes } = event
    const racers = now.racers.map((racer, i) => {
      const look = lanes[i]
      if (look?.heldOutLoss != null) racer.curve.addHeldOut({ step, loss: look.heldOutLoss })
      return { ...racer, accuracy: look?.accuracy ?? racer.accuracy }
    })
    const others = now.looks.filter((look) => look.step !== step)
    race.value = { ...now, racers, looks: [...(others.length >= mostLooks ? others.filter((_, i) => i % 2 === 0) : others), { step, prefix, lanes }] }
  }
}

// The temperature may change while they race.
effect(() => {
  const chosen = sampling()
  if (['running', 'paused', 'finished'].includes(runs.status.value)) void call('setRaceSampling', chosen)
})

// How large each would be is known before any of them is made.
let asked = 0
effect(() => {
  const order = { lanes: lanes.value, budget: settings.value.budget, reading: { task: settings.value.task, vocabulary: textFacts.value?.distinct ?? 0 } }
  const mine = ++asked
  if (device.value.state !== 'ready' || order.reading.vocabulary === 0) return
  call('raceSizes', order).then(
    (found) => mine === asked && (sizes.value = found),
    () => mine === asked && (sizes.value = null), // said in words by Start
  )
})
