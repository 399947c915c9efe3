// The state of the page that every view reads: the device, the run and what it has shown so far. Only the functions
// here change it; a view calls them and never writes a signal of another.
import { computed, effect, signal } from '@preact/signals'
import type { Failure } from '../worker/protocol'
import type { RunEvent } from '../worker/run'
import { call, failureOf, stream } from './client'
import { Curve } from './curve'
import { prefix, settings, type Settings } from './settings'
import { loadText, text } from './text'
import { takeTurn } from './turn'

export type DeviceState =
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly name: string; readonly isSoftware: boolean }
  | { readonly state: 'unavailable'; readonly failure: Failure }

/** Of the run: none yet, or in this state. */
export type Status = 'idle' | 'starting' | 'running' | 'paused' | 'finished' | 'failed'

/** What trains, as it was when it began. */
export interface About extends Omit<Extract<RunEvent, { kind: 'started' }>, 'kind'> {
  readonly settings: Settings
  readonly textName: string
}
export type Progress = Extract<RunEvent, { kind: 'progress' }>
export type Sample = Extract<RunEvent, { kind: 'look' }>

export const device = signal<DeviceState>({ state: 'opening' })
export const status = signal<Status>('idle')
export const about = signal<About | null>(null)
/** The newest figures; its `points` are on the curve. */
export const progress = signal<Progress | null>(null)
/** A new object whenever it has more points. */
export const curve = signal<{ readonly points: Curve }>({ points: new Curve() })
/** Oldest first. */
export const samples = signal<readonly Sample[]>([])
/** Why the last run could not begin or go on. */
export const failure = signal<Failure | null>(null)
/** Why the run could not write with the present sampling. */
export const samplingFailure = signal<Failure | null>(null)
/** Whether there is a network that can write and be looked into. */
export const hasModel = computed(() => ['running', 'paused', 'finished'].includes(status.value))

/** What is set, as one word to compare: a run that began with another one is not what the form shows. */
const stamp = computed(() => {
  const { temperature: _, topK: __, length: ___, ...training } = settings.value
  return JSON.stringify([training, prefix.value, text.value.id], (_, value) => (typeof value === 'number' ? String(value) : value))
})
const started = signal<string | null>(null)
/** Whether the settings have changed since the run began. */
export const changed = computed(() => started.value !== null && started.value !== stamp.value)

/** Samples kept; between them those are dropped that say least about how it went. */
const mostSamples = 60
let ending: AbortController | null = null

/** Opens the device in the worker and follows it. */
export async function openDevice(): Promise<void> {
  if (!navigator.gpu) {
    // Some browsers' workers would say the same, but later.
    device.value = { state: 'unavailable', failure: { code: 'no-webgpu', message: '' } }
    return
  }
  try {
    for await (const event of stream('watchDevice', undefined)) {
      if (event.kind === 'adapter') device.value = { state: 'ready', ...event }
      else if (event.kind === 'unavailable') device.value = { state: 'unavailable', failure: event.failure }
      else if (status.value !== 'idle') stop({ ...event.failure })
    }
  } catch (error) {
    device.value = { state: 'unavailable', failure: failureOf(error) }
  }
}

export async function start(): Promise<void> {
  ending?.abort()
  const { signal } = (ending = new AbortController())
  takeTurn(pause)
  status.value = 'starting'
  failure.value = samplingFailure.value = null
  const { temperature, topK, length, ...training } = settings.value
  started.value = stamp.value
  try {
    const { name, content, opening } = await loadText()
    if (signal.aborted) return
    const order = { text: content, prefix: prefix.value || opening, settings: training, sampling: { temperature, topK, length } }
    for await (const event of stream('train', order, signal)) take(event, training, name)
  } catch (error) {
    if (signal.aborted) return
    // What never began has not stopped: the settings are as they were, and Start is still Start.
    failure.value = failureOf(error)
    const began = status.value !== 'starting'
    status.value = began ? 'failed' : 'idle'
    if (!began) started.value = null
  }
}

function take(event: RunEvent, training: Settings, textName: string): void {
  switch (event.kind) {
    case 'started':
      clear()
      about.value = { ...event, settings: training, textName }
      status.value = 'running'
      break
    case 'progress':
      for (const point of event.points) curve.value.points.add(point)
      curve.value = { points: curve.value.points }
      progress.value = event
      break
    case 'look':
      samplingFailure.value = null
      samples.value = thin([...samples.value, event])
      if (event.heldOutLoss !== null) {
        curve.value.points.addHeldOut({ step: event.step, loss: event.heldOutLoss })
        curve.value = { points: curve.value.points }
      }
      break
    case 'sampling-refused':
      samplingFailure.value = event.failure
      break
    case 'rested':
      status.value = event.finished ? 'finished' : 'paused'
      break
    case 'resumed':
      status.value = 'running'
  }
}

export const pause = () => void call('allow', { steps: 0 })
export function resume(): void {
  takeTurn(pause)
  void call('allow', { steps: Infinity })
}
export const stepOnce = () => void call('allow', { steps: 1 })

/** Ends the run and forgets what it has shown. */
export function reset(): void {
  ending?.abort()
  ending = null
  started.value = null
  failure.value = samplingFailure.value = null
  clear()
  status.value = 'idle'
}

function stop(why: Failure): void {
  ending?.abort()
  failure.value = why
  status.value = 'failed'
}

function clear(): void {
  about.value = null
  progress.value = null
  curve.value = { points: new Curve() }
  samples.value = []
}

/** Drops the sample that lies nearest to its neighbours, counted in ratios of steps: the first and the newest stay. */
function thin(all: readonly Sample[]): readonly Sample[] {
  if (all.length <= mostSamples) return all
  const gap = (i: number) => (all[i + 1]!.step + 1) / (all[i - 1]!.step + 1)
  let least = 1
  for (let i = 2; i < all.length - 2; i++) if (gap(i) < gap(least)) least = i
  return all.filter((_, i) => i !== least)
}

// The network writes as it is told now, without a restart.
effect(() => {
  const { temperature, topK, length } = settings.value
  if (hasModel.value) void call('setSampling', { temperature, topK, length })
})
