// The gradients as the page knows them: kept while another view is shown.
import { signal } from '@preact/signals'
import type { CellName } from 'sluice'
import { call, stream } from '../../session/client'
import { Curve } from '../../session/curve'
import { runner } from '../../session/runner'
import { loadText, text } from '../../session/text'
import type { GradientEvent, LaneLook, Out } from './handlers'
import { settings, type GradientSettings } from './settings'

/** The newest steps over which it is told how often clipping acts. */
export const recently = 100

export interface Lane {
  readonly cell: CellName
  readonly loss: Curve
  /** Norms of the gradient, by step. */
  readonly norm: Curve
  readonly lastNorm: number | null
  /** Steps in which the gradient was clipped, and of the newest steps whether it was. */
  readonly clipped: number
  readonly recent: readonly boolean[]
  readonly out: Out | null
}

export interface Look {
  readonly step: number
  readonly lanes: readonly (LaneLook | null)[]
}

export interface Gradients {
  readonly lanes: readonly Lane[]
  readonly step: number
  /** The first is that of before training. */
  readonly looks: readonly Look[]
  readonly guessing: number | null
  readonly settings: GradientSettings
}

/** null before the first; a new object whenever it has changed. */
export const gradients = signal<Gradients | null>(null)

const mostLooks = 120
let began = settings.value

export const runs = runner<GradientEvent>({
  async *follow(signal) {
    began = settings.value
    const { content } = began.task === 'text' ? await loadText() : { content: '' }
    if (!signal.aborted) yield* stream('gradients', { ...began, text: content }, signal)
  },
  allow: (steps) => void call('allowGradients', { steps }),
  take,
  clear: () => (gradients.value = null),
  stamp: () => JSON.stringify([settings.value, settings.value.task === 'text' && text.value.id], (_, value: unknown) => (typeof value === 'number' ? String(value) : value)),
})

function take(event: GradientEvent): void {
  if (event.kind === 'started') {
    const { cells, guessing } = event
    const lanes = cells.map((cell): Lane => ({ cell, loss: new Curve(), norm: new Curve(), lastNorm: null, clipped: 0, recent: [], out: null }))
    gradients.value = { lanes, step: 0, looks: [], guessing, settings: began }
    return
  }
  const now = gradients.value
  if (!now) return
  if (event.kind === 'look') {
    const { step, lanes } = event
    // The first stays, and of the others those that lie further apart the older they are.
    const thinned = now.looks.length < mostLooks ? now.looks : now.looks.filter((_, i) => i % 2 === 0)
    gradients.value = { ...now, looks: [...thinned.filter((look) => look.step !== step), { step, lanes }] }
    return
  }
  const lanes = now.lanes.map((lane, i): Lane => {
    const { points, out } = event.lanes[i]!
    for (const { loss, norm } of points) {
      const step = lane.loss.last + 1
      lane.loss.add({ step, loss })
      lane.norm.add({ step, loss: norm })
    }
    const clipped = points.map(({ norm }) => norm > now.settings.clipNorm)
    return {
      ...lane, out,
      lastNorm: points.at(-1)?.norm ?? lane.lastNorm,
      clipped: lane.clipped + clipped.filter(Boolean).length,
      recent: [...lane.recent, ...clipped].slice(-recently),
    }
  })
  gradients.value = { ...now, lanes, step: event.step }
}
