// A run of the worker that a view shows: started, paused, gone on with, reset, and found again after a reload. The view shows
// what the run tells.
import { computed, effect, signal } from '@preact/signals'
import { isPace, isRecovered, type KeptRun, type RunConfig, type Pace, type Recalled, type Recovered, type RunKey, type Status } from '../shared/run-config'
import type { Failure } from '../shared/protocol'
import { calledOff, failureOf, follow as followWorker } from '../client/client'
import { forget, keptRun } from './kept-run'
import type { AddressSettings, Plain } from '../page/address-settings'
import { device } from './device'
import { isKept, keepingFailure } from './keeping'
import { prefix } from './settings'
import { settingsKey } from './settings-key'
import { isMeantText, loadText, restoreText, text } from './text'
import { takeRunLock, isRunLocked } from './run-lock'

interface Wiring<Values extends Plain<Values>, Event extends { readonly kind: string }, Data> {
  readonly key: RunKey
  readonly settings: AddressSettings<Values>
  /** What a run reads beside its settings. */
  readonly reads: () => 'text and prefix' | 'text' | 'nothing'
  /** As much of the text as is learned from; all of it unless given. */
  readonly cut?: (text: string) => string
  /** Begins a run, and gives what it tells. The run ends when `signal` aborts. */
  readonly follow: (asked: { readonly order: RunConfig<Values>; readonly recall: boolean; readonly waits: boolean }, signal: AbortSignal) => AsyncIterable<Event | Pace | Recalled<Data> | Recovered>
  /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  readonly allow: (steps: number) => void
  readonly take: (event: Event, order: RunConfig<Values>) => void
  /** Shows what a run had shown before; null for nothing. */
  readonly show: (data: Data | null) => void
}

const isRecalled = <Data>(event: { readonly kind: string }): event is Recalled<Data> => event.kind === 'recalled'

export function runner<Values extends Plain<Values>, Event extends { readonly kind: string }, Data>(
  { key, settings: { settings, assign, isGiven }, reads, cut, follow, allow, take, show }: Wiring<Values, Event, Data>,
) {
  const status = signal<Status>('idle')
  const failure = signal<Failure | null>(null)
  const recovered = signal<number | null>(null)
  const started = signal<string | null>(null)
  const kept = signal<KeptRun<Values> | null>(null)
  let ending: AbortController | null = null
  let yieldTurn = () => {}
  /** Whether it was told to go on, and has not yet: a worker that is ended meanwhile did not hear it. */
  let goesOn = false
  const pause = () => {
    goesOn = false
    allow(0)
  }
  /** What is set: a run that began with something else is not what the form shows. */
  const stamp = () => settingsKey([settings.value, reads() === 'text and prefix' && prefix.value, reads() !== 'nothing' && text.value.id])

  // What was wrong with the settings is not known of those in their place.
  const stamped = computed(stamp)
  effect(() => {
    stamped.value
    if (status.peek() === 'idle') failure.value = null
  })

  async function orderOf(): Promise<RunConfig<Values>> {
    const set = settings.value
    if (reads() === 'nothing') return { text: '', textName: '', source: null, prefix: '', settings: set }
    const { name, content, opening } = await loadText()
    return { text: cut ? cut(content) : content, textName: name, source: text.value.source, prefix: reads() === 'text and prefix' ? prefix.value || opening : '', settings: set }
  }

  function restore({ settings: set, source, textName, text: content }: RunConfig<Values>): void {
    assign(set)
    // The text that is chosen may be longer than what of it is learned from.
    const chosen = text.value
    const isChosen = source === 'paste' || source === 'file' ? (cut ? cut(chosen.content ?? '') : chosen.content) === content : chosen.source === source
    if (source !== null && !isChosen) restoreText(source, textName, content)
    started.value = stamp()
  }

  async function run(recall: boolean, waits: boolean): Promise<void> {
    if (!waits) goesOn = false
    ending?.abort()
    const { signal } = (ending = new AbortController())
    if (!waits) yieldTurn = takeRunLock(pause)
    status.value = 'starting'
    failure.value = recovered.value = null
    started.value = stamp()
    show(null)
    let began = false
    try {
      let order = await orderOf()
      if (signal.aborted) return
      for await (const event of follow({ order, recall, waits }, signal)) {
        if (!began) [began, kept.value] = [true, null]
        if (isRecovered(event)) recovered.value = event.step
        else if (isRecalled<Data>(event)) {
          order = event.order as RunConfig<Values>
          if (recovered.value === null) restore(order) // after a loss of the GPU, what is set meanwhile stays
          show(event.shown)
          status.value = 'running'
          if (goesOn) allow(Infinity)
        } else if (isPace(event)) {
          if (event.kind === 'resumed') goesOn = false
          status.value = event.kind === 'resumed' ? 'running' : event.finished ? 'finished' : 'paused'
        } else {
          take(event, order)
          if (event.kind === 'started') status.value = 'running'
        }
      }
    } catch (error) {
      if (signal.aborted) return
      failure.value = failureOf(error)
      recovered.value = null
      // What never began has not stopped: Start is still Start.
      if (!began) started.value = null
      status.value = began ? 'failed' : 'idle'
      yieldTurn()
      if (began) kept.value = await keptRun<Values>(key)
    }
  }

  /** Goes on with the kept run as it was left; not before it is told to while another one computes. */
  const recall = (left: KeptRun<Values>, told: boolean) => run(true, left.state !== 'running' || (!told && isRunLocked()))

  /** Whether the address, as it was opened, means this run. */
  function isMeant({ order }: KeptRun<Values>): boolean {
    if (!isGiven()) return order.source === null || isMeantText(order.source)
    return settingsKey(order.settings) === settingsKey(settings.value) && (order.source === null || isMeantText(order.source)) && (order.prefix === '' || (prefix.value || order.prefix) === order.prefix)
  }

  function forgetKept(): Promise<void> {
    kept.value = null
    return forget(key)
  }

  async function find(): Promise<void> {
    const found = await keptRun<Values>(key)
    if (!found || status.value !== 'idle') return
    kept.value = found
    if (isMeant(found)) await recall(found, false)
  }
  void find()

  // Where the worker is ended, what was kept goes on in the new one, once it is told to.
  const lives = () => ['running', 'paused', 'finished'].includes(status.value)
  followWorker({ survives: () => !lives() || isKept(), move: () => lives() && void run(true, true) })

  return {
    status,
    device,
    keepingFailure,
    failure,
    recovered,
    kept,
    changed: computed(() => started.value !== null && started.value !== stamp()),
    pause,
    stepOnce: () => allow(1),
    start: () => run(false, false),
    recall: () => (kept.value ? recall(kept.value, true) : Promise.resolve()),
    forget: forgetKept,
    resume() {
      goesOn = true
      yieldTurn = takeRunLock(pause)
      allow(Infinity)
    },
    reset() {
      const begun = status.value !== 'starting'
      ending?.abort(begun ? undefined : calledOff)
      yieldTurn()
      started.value = failure.value = recovered.value = null
      show(null)
      status.value = 'idle'
      if (begun) void forgetKept()
    },
  }
}
