// A run of the worker that a view shows: started, paused, gone on with, reset, and found again after a reload. The view shows
// what the run tells.
import { computed, effect, signal } from '@preact/signals'
import { call, calledOff, failureOf, follow as followWorker } from '../client/client'
import type { AddressSettings, Plain } from '../page/address-settings'
import type { Failure } from '../shared/protocol'
import {
  isRecalled,
  isRecovered,
  isStateChange,
  type KeptRun,
  type Recalled,
  type Recovered,
  type RunConfig,
  type RunKey,
  type StateChange,
  type Status,
} from '../shared/run-config'
import type { Source } from '../shared/texts'
import { device } from './device'
import { isKept, keepingFailure } from './keeping'
import { forget, keptRun } from './kept-run'
import { isRunLocked, takeRunLock } from './run-lock'
import { prefix } from './settings'
import { settingsKey } from './settings-key'
import { isMeantText, loadText, restoreText, text } from './text'

interface Wiring<Values extends Plain<Values>, Event extends { readonly kind: string }, Data> {
  readonly key: RunKey
  readonly settings: Pick<AddressSettings<Values>, 'settings' | 'assign' | 'isGiven'>
  /** What a run reads beside its settings. */
  readonly reads: () => 'text and prefix' | 'text' | 'nothing'
  /** As much of the text as is learned from; all of it unless given. */
  readonly cut?: (text: string) => string
  /** Whether the address, as it was opened, means a text of this source. */
  readonly meansText?: (source: Source) => boolean
  /** Begins a run, or goes on with the kept one that has the key `from`, and gives what it tells. It ends when `signal` aborts. */
  readonly follow: (
    start: { readonly config: RunConfig<Values>; readonly from: string | null; readonly waits: boolean },
    signal: AbortSignal,
  ) => AsyncIterable<Event | StateChange | Recalled<Data> | Recovered>
  readonly take: (event: Event, config: RunConfig<Values>) => void
  /** Shows what a run had shown before; null for nothing. */
  readonly show: (data: Data | null, config: RunConfig<Values> | null) => void
}

export function runner<Values extends Plain<Values>, Event extends { readonly kind: string }, Data>({
  key,
  settings: { settings, assign, isGiven },
  reads,
  cut,
  meansText = isMeantText,
  follow,
  take,
  show,
}: Wiring<Values, Event, Data>) {
  const status = signal<Status>('idle')
  const failure = signal<Failure | null>(null)
  const recovered = signal<number | null>(null)
  /** What was set when the run began, as a key. */
  const started = signal<string | null>(null)
  const kept = signal<KeptRun<Values> | null>(null)
  /** Whether it is in training, or rests: whether there is a network. */
  const lives = computed(() => ['running', 'paused', 'finished'].includes(status.value))
  let ending: AbortController | null = null
  let releaseLock = () => {}
  /** Whether it was told to go on, and has not yet: a worker that is ended meanwhile did not hear it. */
  let goesOn = false
  const allow = (steps: number) => void call('allow', { key, steps })
  const pause = () => {
    goesOn = false
    allow(0)
  }
  /** What is set: a run that began with something else is not what the form shows. */
  const present = computed(() => settingsKey([settings.value, reads() === 'text and prefix' && prefix.value, reads() !== 'nothing' && text.value.id]))

  // What was wrong with the settings is not known of those in their place.
  effect(() => {
    present.value
    if (status.peek() === 'idle') failure.value = null
  })

  /** What is set, as a run would be given it. */
  async function config(): Promise<RunConfig<Values>> {
    const set = settings.value
    if (reads() === 'nothing') return { text: '', textName: '', source: null, prefix: '', settings: set }
    const { name, content, opening } = await loadText()
    return {
      text: cut ? cut(content) : content,
      textName: name,
      source: text.value.source,
      prefix: reads() === 'text and prefix' ? prefix.value || opening : '',
      settings: set,
    }
  }

  function restore({ settings: set, source, textName, text: content }: RunConfig<Values>): void {
    assign(set)
    // The text that is chosen may be longer than what of it is learned from.
    const chosen = text.value
    const isChosen = source === 'paste' || source === 'file' ? (cut ? cut(chosen.content ?? '') : chosen.content) === content : chosen.source === source
    if (source !== null && !isChosen) restoreText(source, textName, content)
    started.value = present.value
  }

  /** @param from the key of a kept run to go on with
   * @param waits whether it does not train before it is told to, however it was left
   * @param moves whether it goes on in another worker */
  async function run(from: string | null, waits: boolean, moves = false): Promise<void> {
    if (!moves) goesOn = false
    ending?.abort()
    const { signal } = (ending = new AbortController())
    if (!waits) releaseLock = takeRunLock(pause)
    const before = status.value
    status.value = 'starting'
    failure.value = recovered.value = null
    const begunWith = present.value
    let began = false
    try {
      let given = await config()
      if (signal.aborted) return
      for await (const event of follow({ config: given, from, waits }, signal)) {
        if (isRecovered(event)) {
          recovered.value = event.step
          continue
        }
        if (!began) [began, kept.value, started.value] = [true, null, begunWith]
        if (isRecalled<Data>(event)) {
          given = event.config as RunConfig<Values>
          if (recovered.value === null) restore(given) // after a loss of the GPU, what is set meanwhile stays
          show(event.shown, given)
          status.value = 'running'
          if (goesOn) allow(Infinity)
        } else if (isStateChange(event)) {
          change(event)
        } else {
          take(event, given)
          if (event.kind === 'started') status.value = 'running'
        }
      }
    } catch (error) {
      if (signal.aborted) return
      failure.value = failureOf(error)
      recovered.value = null
      releaseLock()
      if (began) {
        status.value = 'failed'
        kept.value = await keptRun<Values>(key)
      } else if (before === 'failed') {
        status.value = 'failed'
      } else {
        // What never began has not stopped: Start is still Start.
        clear()
      }
    }
  }

  function change(event: StateChange): void {
    if (event.kind === 'refused') failure.value = event.failure
    else if (event.kind === 'rested') status.value = event.finished ? 'finished' : 'paused'
    else {
      goesOn = false
      failure.value = null
      status.value = 'running'
    }
  }

  function clear(): void {
    started.value = null
    show(null, null)
    status.value = 'idle'
  }

  /** Goes on with the kept run as it was left; not before it is told to while another one computes. */
  const recall = (left: KeptRun<Values>, told: boolean) => run(key, left.state !== 'running' || (!told && isRunLocked()))

  /** Whether the address, as it was opened, means this run. */
  function isMeant({ config: { settings: set, source, prefix: began } }: KeptRun<Values>): boolean {
    if (source !== null && !meansText(source)) return false
    return !isGiven() || (settingsKey(set) === settingsKey(settings.value) && (began === '' || (prefix.value || began) === began))
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
  followWorker({ survives: () => !lives.value || isKept(), move: () => lives.value && void run(key, true, true) })

  return {
    status,
    failure,
    recovered,
    kept,
    device,
    keepingFailure,
    lives,
    config,
    changed: computed(() => started.value !== null && started.value !== present.value),
    pause,
    stepOnce: () => allow(1),
    start: () => run(null, false),
    recall: () => (kept.value ? recall(kept.value, true) : Promise.resolve()),
    /** Goes on with a saved run in the place of this one, once it is told to. */
    open: (saved: string) => run(saved, true),
    forget: forgetKept,
    resume() {
      goesOn = true
      releaseLock = takeRunLock(pause)
      allow(Infinity)
    },
    /** Ends the run and forgets what it has shown; one that has not begun yet is only called off. */
    reset() {
      const begun = status.value !== 'starting'
      ending?.abort(begun ? undefined : calledOff)
      releaseLock()
      failure.value = recovered.value = null
      clear()
      if (begun) void forgetKept()
    },
  }
}
