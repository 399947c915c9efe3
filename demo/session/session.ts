// The training of the view Train, which others look into: its run and what it has shown so far. Only the functions
// here change it; a view calls them and never writes a signal of another.
import { computed, effect, signal } from '@preact/signals'
import type { Failure } from '../shared/protocol'
import { isRecovered, type KeptRun, type Status } from '../shared/run-config'
import { call, calledOff, failureOf, follow, stream } from '../client/client'
import { History, type Progress, type TrainConfig, type TrainEvent } from '../shared/train/history'
import type { Settings } from '../shared/train/settings'
import { forget as forgetKept, keptRun } from './kept-run'
import { device } from './device'
import { isKept, keepingFailure } from './keeping'
import { isGiven, prefix, replaceSettings, samplingOf, settings, trainingOf } from './settings'
import { settingsKey } from './settings-key'
import { isMeantText, loadText, restoreText, text } from './text'
import { takeRunLock } from './run-lock'

/** What trains, as it was when it began. */
export type About = Omit<Extract<TrainEvent, { kind: 'started' }>, 'kind' | 'history'>

export const status = signal<Status>('idle')
export const about = signal<About | null>(null)
/** The newest figures. */
export const progress = signal<Progress | null>(null)
/** What the run has shown so far; a new object around it whenever there is more. */
export const shown = signal({ history: new History() })
/** Samples, oldest first. */
export const samples = computed(() => shown.value.history.samples)
/** Why the last run could not begin or go on. */
export const failure = signal<Failure | null>(null)
/** The step that the run went on from when the GPU was lost the last time; null if it never was. */
export const recovered = signal<number | null>(null)
/** Why the run could not write with the present sampling. */
export const samplingFailure = signal<Failure | null>(null)
/** Whether there is a network that can write and be looked into. */
export const hasModel = computed(() => ['running', 'paused', 'finished'].includes(status.value))
/** A run that was kept earlier and can be gone on with; null if there is none. */
export const kept = signal<KeptRun<Settings> | null>(null)
/** What is set: a run that began with something else is not what the form shows. */
const stamp = computed(() => settingsKey([trainingOf(settings.value), prefix.value, text.value.id]))
const started = signal<string | null>(null)
/** Whether the settings have changed since the run began. */
export const changed = computed(() => started.value !== null && started.value !== stamp.value)

// What was wrong with the settings is not known of those in their place.
effect(() => {
  stamp.value
  if (status.peek() === 'idle') failure.value = null
})

let ending: AbortController | null = null

/** Goes on with the run that was under way when the page was left. One that the address does not mean is only offered. */
export async function findKept(): Promise<void> {
  const found = await keptRun<Settings>('current')
  if (!found || status.value !== 'idle') return
  if (isMeant(found)) void recall('current', found.state === 'running')
  else kept.value = found
}

/** Whether the address, as it was opened, means this run. */
function isMeant({ order }: KeptRun<Settings>): boolean {
  if (!isGiven()) return true
  return isMeantText(order.source!) && settingsKey([order.settings, order.prefix]) === settingsKey([trainingOf(settings.value), prefix.value || order.prefix])
}

/** Starts a new run with what is set. */
export const start = (): Promise<void> => run(null, true)

/** Goes on with a kept run: a saved model, or `current`. @param runs whether it was left while it trained */
export const recall = (key: string, runs = false): Promise<void> => run(key, runs)

/** @param moves whether it goes on in another worker, as it was, but waits to be told to train */
async function run(from: string | null, runs: boolean, moves = false): Promise<void> {
  ending?.abort()
  const { signal } = (ending = new AbortController())
  if (runs) takeRunLock(pause)
  if (!moves) goesOn = false
  const before = status.value
  status.value = 'starting'
  failure.value = samplingFailure.value = recovered.value = null
  const begunWith = stamp.value
  let began = false
  try {
    const order = await orderOf()
    if (signal.aborted) return
    for await (const event of stream('train', { order, from, sampling: samplingOf(settings.value) }, signal)) {
      if (isRecovered(event)) recovered.value = event.step
      else if (event.kind === 'started') {
        const again = began // after a loss of the GPU: what is set meanwhile stays
        const since = started.value
        began = true
        begin(event, again ? null : from)
        started.value = again ? since : from === null ? begunWith : stamp.value
        if (moves && !again) goesOn ? resume() : pause()
      } else take(event)
    }
  } catch (error) {
    if (signal.aborted) return
    failure.value = failureOf(error)
    recovered.value = null
    // What never began has not stopped: the settings are as they were, and Start is still Start.
    status.value = began ? 'failed' : before === 'failed' ? 'failed' : 'idle'
    if (!began && before !== 'failed') clear()
    if (began) kept.value = await keptRun<Settings>('current')
  }
}

/** What is set, as an order for a run. */
export async function orderOf(): Promise<TrainConfig> {
  const { name, content, opening } = await loadText()
  return { text: content, textName: name, source: text.value.source, prefix: prefix.value || opening, settings: trainingOf(settings.value) }
}

function begin({ kind: _, history, ...run }: Extract<TrainEvent, { kind: 'started' }>, from: string | null): void {
  clear()
  kept.value = null
  about.value = run
  if (history) shown.value = { history: new History(history) }
  status.value = 'running'
  if (from === null) return
  const { settings, source, textName, text } = run.order
  replaceSettings(settings)
  restoreText(source!, textName, text)
}

function take(event: Exclude<TrainEvent, { kind: 'started' }>): void {
  switch (event.kind) {
    case 'progress':
      progress.value = event
      remember(event)
      break
    case 'look':
      samplingFailure.value = null
      remember(event)
      break
    case 'sampling-refused':
      samplingFailure.value = event.failure
      break
    case 'training-refused':
      failure.value = event.failure
      break
    case 'rested':
      status.value = event.finished ? 'finished' : 'paused'
      break
    case 'resumed':
      goesOn = false
      failure.value = null
      status.value = 'running'
  }
}

/** Whether it was told to go on, and has not yet: a worker that is ended meanwhile did not hear it. */
let goesOn = false
export function pause(): void {
  goesOn = false
  void call('allow', { steps: 0 })
}
export function resume(): void {
  goesOn = true
  takeRunLock(pause)
  void call('allow', { steps: Infinity })
}
export const stepOnce = () => void call('allow', { steps: 1 })

/** Ends the run and forgets what it has shown; one that has not begun yet is only called off. */
export function reset(): void {
  const begun = status.value !== 'starting'
  ending?.abort(begun ? undefined : calledOff)
  ending = null
  clear()
  failure.value = samplingFailure.value = recovered.value = null
  status.value = 'idle'
  if (begun) void forget()
}

// Where the worker is ended, what was kept goes on in the new one.
follow({
  survives: () => !hasModel.value || isKept(),
  move: () => hasModel.value && void run('current', false, true),
})

/** Forgets the kept run. */
export function forget(): Promise<void> {
  kept.value = null
  return forgetKept('current')
}

function clear(): void {
  started.value = null
  about.value = null
  progress.value = null
  shown.value = { history: new History() }
}

function remember(event: TrainEvent): void {
  const { history } = shown.value
  history.take(event)
  shown.value = { history }
}

// The network writes as it is told now, without a restart.
effect(() => {
  const sampling = samplingOf(settings.value)
  if (hasModel.value) void call('setSampling', sampling)
})

/** The training as the controls of any run have it. */
export const training = { status, device, keepingFailure, failure, recovered, changed, kept, start, pause, resume, stepOnce, reset, forget, recall: () => recall('current', kept.value?.state === 'running') }
