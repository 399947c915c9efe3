// A run of the worker that a view shows. It can be started, paused, resumed and reset, and a saved one is found again after a
// reload. The view shows the events of the run.
import { computed, effect, signal } from '@preact/signals'
import { call, canceled, failureOf, follow as followWorker } from '../client/client'
import type { AddressSettings, Plain } from '../page/address-settings'
import type { Failure } from '../shared/protocol'
import {
  isRestored,
  isRecovered,
  isStateChange,
  type RunSummary,
  type Restored,
  type Recovered,
  type RunConfig,
  type RunKey,
  type StateChange,
  type Status,
} from '../shared/run-config'
import type { Source } from '../shared/texts'
import { compiling, countKernels, device } from './device'
import { isSaving, savingFailure } from './saving'
import { deleteSavedRun, findSavedRun } from './saved-run'
import { isRunLocked, takeRunLock } from './run-lock'
import { prefix } from './settings'
import { settingsKey } from './settings-key'
import { isMeantText, loadText, restoreText, text } from './text'
import { playing, type Played } from './recording'
import type { RecordingName } from '../recordings/file'

interface Wiring<Values extends Plain<Values>, Event extends { readonly kind: string }, Data> {
  readonly key: RunKey
  readonly settings: Pick<AddressSettings<Values>, 'settings' | 'assign' | 'isGiven'>
  /** What a run needs beside its settings. */
  readonly reads: () => 'text and prefix' | 'text' | 'nothing'
  /** The part of the text to train on (default: all of it). */
  readonly crop?: (text: string) => string
  /** Whether the address, as it was opened, means a text of this source. */
  readonly meansText?: (source: Source) => boolean
  /** Starts a run, or resumes the one saved under the key `from`, and yields its events. It ends when `signal` aborts. */
  readonly follow: (
    start: { readonly config: RunConfig<Values>; readonly from: string | null; readonly waits: boolean },
    signal: AbortSignal,
  ) => AsyncIterable<Event | StateChange | Restored<Data> | Recovered>
  readonly apply: (event: Event, config: RunConfig<Values>) => void
  /** Shows what a restored run has shown so far; null clears the view. */
  readonly show: (data: Data | null, config: RunConfig<Values> | null) => void
}

export function runner<Values extends Plain<Values>, Event extends { readonly kind: string }, Data>({
  key,
  settings: { settings, assign, isGiven },
  reads,
  crop,
  meansText = isMeantText,
  follow,
  apply,
  show,
}: Wiring<Values, Event, Data>) {
  const status = signal<Status>('idle')
  const failure = signal<Failure | null>(null)
  const recovered = signal<number | null>(null)
  /** The settings key at the start of the run. */
  const startedKey = signal<string | null>(null)
  const savedRun = signal<RunSummary<Values> | null>(null)
  /** The recording that is shown in place of a run; null if there is none. */
  const recording = signal<Played | null>(null)
  /** Whether it still plays: its end stays. */
  const plays = signal(false)
  let player: AbortController | null = null
  /** Whether the run was begun from nothing while the page was open. */
  const isNew = signal(false)
  /** Who has had a run of one's own needs no recording. */
  let hasRun = false
  /** The recording that was played last. */
  let played: RecordingName | null = null
  /** Whether the run has a network: it trains, is paused or is finished. */
  const isLive = computed(() => ['running', 'paused', 'finished'].includes(status.value))
  let aborter: AbortController | null = null
  let releaseLock = () => {}
  /** The steps that were requested and have not begun yet. A worker that is replaced meanwhile never got the request. */
  let requested = 0
  const allow = (steps: number) => void call('allow', { key, steps })
  /** Lets the run take so many steps from now on: 0 pauses it. */
  const request = (steps: number) => {
    requested = status.peek() === 'running' ? 0 : steps
    allow(steps)
  }
  const pause = () => request(0)
  /** The settings key now. If it differs from the key at the start, the form does not show the settings of the run. */
  const currentKey = computed(() => settingsKey([settings.value, reads() === 'text and prefix' && prefix.value, reads() !== 'nothing' && text.value.id]))

  // A failure of earlier settings says nothing about new ones.
  effect(() => {
    currentKey.value
    if (status.peek() === 'idle') failure.value = null
  })

  /** The config of a run with the present settings. */
  async function config(): Promise<RunConfig<Values>> {
    const set = settings.value
    if (reads() === 'nothing') return { text: '', textName: '', source: null, prefix: '', settings: set }
    const { name, content, opening } = await loadText()
    return {
      text: crop ? crop(content) : content,
      textName: name,
      source: text.value.source,
      prefix: reads() === 'text and prefix' ? prefix.value || opening : '',
      settings: set,
    }
  }

  function restore({ settings: set, source, textName, text: content }: RunConfig<Values>): void {
    assign(set)
    // The chosen text may be longer than the part to train on.
    const chosen = text.value
    const isChosen = source === 'paste' || source === 'file' ? (crop ? crop(chosen.content ?? '') : chosen.content) === content : chosen.source === source
    if (source !== null && !isChosen) restoreText(source, textName, content)
    startedKey.value = currentKey.value
  }

  /** @param from the key of a saved run to resume, null for a new run
   * @param waits whether it stays paused, whatever its saved state
   * @param moves whether it moves to another worker */
  async function run(from: string | null, waits: boolean, moves = false): Promise<void> {
    if (!moves) requested = 0
    aborter?.abort()
    const { signal } = (aborter = new AbortController())
    if (!waits) releaseLock = takeRunLock(pause)
    const before = status.value
    // A run that moves stays paused, and so its button says Resume all the time: to the person nothing starts.
    status.value = moves ? 'paused' : 'starting'
    countKernels()
    failure.value = recovered.value = null
    const keyAtStart = currentKey.value
    let hasStarted = false
    try {
      let runConfig = await config()
      if (signal.aborted) return
      for await (const event of follow({ config: runConfig, from, waits }, signal)) {
        if (isRecovered(event)) {
          recovered.value = event.step
          continue
        }
        if (!hasStarted) {
          stopPlaying()
          hasRun = true
          if (!moves) isNew.value = from === null
        }
        if (!hasStarted) [hasStarted, savedRun.value, startedKey.value] = [true, null, keyAtStart]
        if (isRestored<Data>(event)) {
          runConfig = event.config as RunConfig<Values>
          if (recovered.value === null) restore(runConfig) // after a loss of the GPU, settings that were changed meanwhile stay
          show(event.shown, runConfig)
          status.value = 'running'
          if (requested > 0) allow(requested)
        } else if (isStateChange(event)) {
          change(event)
        } else {
          apply(event, runConfig)
          if (event.kind === 'started') status.value = 'running'
        }
      }
    } catch (error) {
      if (signal.aborted) return
      failure.value = failureOf(error)
      recovered.value = null
      releaseLock()
      if (hasStarted) {
        status.value = 'failed'
        savedRun.value = await findSavedRun<Values>(key)
      } else if (before === 'failed') {
        status.value = 'failed'
      } else {
        // A run that never started has not stopped: the button still says Start.
        clear()
      }
    }
  }

  function change(event: StateChange): void {
    if (event.kind === 'refused') failure.value = event.failure
    else if (event.kind === 'rested') status.value = event.finished ? 'finished' : 'paused'
    else {
      requested = 0
      failure.value = null
      status.value = 'running'
    }
  }

  /** Plays a recording, unless there is a run. @param atOnce shows its end */
  async function play(name: RecordingName, atOnce = false): Promise<void> {
    if (hasRun) return
    stopPlaying()
    played = name
    const { signal } = (player = new AbortController())
    try {
      for await (const { recording: shown, event } of playing(name, signal, atOnce)) {
        if (signal.aborted || !['idle', 'starting'].includes(status.peek())) return
        recording.value = shown
        plays.value = true
        apply(event as unknown as Event, shown.config as RunConfig<Values>)
      }
    } catch (error) {
      // The view is then as empty as it was.
      console.warn(`The recording ${name} could not be played: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      if (!signal.aborted) plays.value = false
    }
  }

  /** Plays the recording that is shown from its first step, or shows its end at once. */
  const replay = (atOnce: boolean): void => void (played && play(played, atOnce))

  function stopPlaying(): void {
    player?.abort()
    player = null
    plays.value = false
    if (recording.value === null) return
    recording.value = null
    show(null, null)
  }

  function clear(): void {
    player?.abort()
    recording.value = null
    plays.value = isNew.value = false
    startedKey.value = null
    show(null, null)
    status.value = 'idle'
  }

  /** Resumes the saved run in its saved state. Without a request it stays paused while another run has the lock. */
  const resumeSaved = (summary: RunSummary<Values>, requested: boolean) => run(key, summary.state !== 'running' || (!requested && isRunLocked()))

  /** Whether the address, as it was opened, asks for this run. */
  function matchesAddress({ config: { settings: set, source, prefix: savedPrefix } }: RunSummary<Values>): boolean {
    if (source !== null && !meansText(source)) return false
    return !isGiven() || (settingsKey(set) === settingsKey(settings.value) && (savedPrefix === '' || (prefix.value || savedPrefix) === savedPrefix))
  }

  function discardSaved(): Promise<void> {
    savedRun.value = null
    return deleteSavedRun(key)
  }

  async function findSaved(): Promise<void> {
    const found = await findSavedRun<Values>(key)
    if (!found || status.value !== 'idle') return
    savedRun.value = found
    if (matchesAddress(found)) await resumeSaved(found, false)
  }
  void findSaved()

  // If the worker is replaced, the saved run moves to the new one. It stays paused until it is resumed.
  followWorker({ canMove: () => !isLive.value || isSaving(), move: () => isLive.value && void run(key, true, true) })

  return {
    status,
    failure,
    recovered,
    savedRun,
    device,
    compiling,
    savingFailure,
    isLive,
    config,
    changed: computed(() => startedKey.value !== null && startedKey.value !== currentKey.value),
    recording,
    plays,
    isNew,
    play,
    replay,
    stopPlaying,
    pause,
    stepOnce: () => request(1),
    start: () => run(null, false),
    resumeSaved: () => (savedRun.value ? resumeSaved(savedRun.value, true) : Promise.resolve()),
    /** Opens a saved run in place of this one, paused. @param key of the saved run */
    open: (key: string) => run(key, true),
    discardSaved,
    resume() {
      releaseLock = takeRunLock(pause)
      request(Infinity)
    },
    /** Ends the run, clears the view and deletes the saved run. A run that is still starting is only canceled. */
    reset() {
      const hasStarted = status.value !== 'starting'
      aborter?.abort(hasStarted ? undefined : canceled)
      releaseLock()
      failure.value = recovered.value = null
      clear()
      if (hasStarted) void discardSaved()
    },
  }
}
