// The controls of a run: start, pause, resume, one step, reset. Beside them its failures, and a saved run to resume.
import { useSignal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { strings } from '../page/language'
import type { Failure } from '../shared/protocol'
import type { RunConfig, RunSummary, Status } from '../shared/run-config'
import { FailureNote } from './failure-note'
import { count } from './format'
import { Question } from './question'
import { isolated, textInWords } from './text-line'
import { ariaDisabled } from './aria-disabled'
import './run-controls.css'

const words = strings(
  {
    start: 'Start',
    cancel: 'Cancel',
    pause: 'Pause',
    resume: 'Resume',
    further: 'Keep training',
    startAgain: 'Start again',
    step: 'One step',
    reset: 'Reset',
    sure: 'Discard this run?',
    yes: 'Yes, discard',
    no: 'No',
    changed: 'The settings have changed. Reset the run to apply them.',
    waiting: { opening: 'Looking for a GPU…', unavailable: 'Needs WebGPU' },
    states: { idle: 'Ready', starting: 'Preparing', running: 'Learning', paused: 'Paused', finished: 'Done', failed: 'Stopped' },
    saved: (what: string, step: string, name: string) =>
      `This browser has a saved run: ${what}, ${step} steps${name && `, trained on ${name}`}. Starting a new run replaces it.`,
    yourText: 'your text',
    resumeSaved: (step: string) => `Resume from step ${step}`,
    recovered: (step: string) => `The connection to the GPU was lost. The run resumed by itself from step ${step}.`,
    discard: 'Discard',
    waitsFor: (ready: string, of: string) => `: kernels ${ready} of ${of} so far, then the first step`,
    plays: 'A recording plays',
    played: 'End of a recording',
    space: ' ',
    recording: 'Recording:',
    recorded: (what: string, steps: string, name: string, adapter: string) =>
      `${what}, ${steps} training ${steps === '1' ? 'step' : 'steps'}${name && ` on ${name}`}, computed by ${adapter}.`,
    timesAsFast: (times: string) => `It plays ${times} times as fast as it was trained.`,
    playedIn: (seconds: string) => `It plays in ${seconds} seconds.`,
    recordedUntil: 'Start trains your own, from nothing.',
    recordedMeanwhile: 'It ends as soon as your own run begins.',
    recordedAlone: 'To train your own, this browser needs WebGPU.',
    replay: 'Play it from the start',
    toItsEnd: 'Show its end',
    own: 'Your own run,',
    ownFrom: 'from nothing: it begins at step 1, and knows only what it has learned here.',
  },
  {
    start: '开始',
    cancel: '取消',
    pause: '暂停',
    resume: '继续',
    further: '继续训练',
    startAgain: '重新开始',
    step: '走一步',
    reset: '重置',
    sure: '放弃这次训练？',
    yes: '放弃',
    no: '不放弃',
    changed: '设置已更改，重置后生效。',
    waiting: { opening: '正在寻找 GPU…', unavailable: '需要 WebGPU' },
    states: { idle: '就绪', starting: '正在准备', running: '学习中', paused: '已暂停', finished: '已完成', failed: '已停止' },
    saved: (what: string, step: string, name: string) => `浏览器里保存着一次训练：${what}，${step} 步${name && `，文本：${name}`}。重新开始会覆盖它。`,
    yourText: '你的文本',
    resumeSaved: (step: string) => `从第 ${step} 步继续`,
    recovered: (step: string) => `与 GPU 的连接曾断开，训练已自动从第 ${step} 步继续。`,
    discard: '放弃',
    waitsFor: (ready: string, of: string) => `：内核 ${ready} / ${of}，然后是第一步`,
    plays: '正在播放录像',
    played: '录像已到结尾',
    space: '',
    recording: '录像：',
    recorded: (what: string, steps: string, name: string, adapter: string) => `${what}，训练 ${steps} 步${name && `，文本是${name}`}，由 ${adapter} 计算。`,
    timesAsFast: (times: string) => `播放速度是训练时的 ${times} 倍。`,
    playedIn: (seconds: string) => `用 ${seconds} 秒播放。`,
    recordedUntil: '按“开始”，从零训练你自己的网络。',
    recordedMeanwhile: '你自己的训练一开始，录像就结束。',
    recordedAlone: '要训练自己的网络，浏览器需要 WebGPU。',
    replay: '从头播放',
    toItsEnd: '直接看结尾',
    own: '你自己的训练，',
    ownFrom: '从零开始：从第 1 步算起，它只会在这里学到的东西。',
  },
)

/** The second click of a double click must not cancel what the first one started. */
export const isMeant = ({ detail }: MouseEvent, status: Status) => status !== 'starting' || detail < 2

/** What is told of a recording. */
interface Recorded {
  readonly adapter: string
  readonly config: Pick<RunConfig, 'settings' | 'source' | 'textName'>
  readonly steps: number
  readonly seconds: number
  /** null where it is not known. */
  readonly timesAsFast: number | null
}

/** What the controls need of a run. */
export interface ControlledRun<Settings> {
  readonly status: ReadonlySignal<Status>
  /** Why it could not start or resume. */
  readonly failure: ReadonlySignal<Failure | null>
  /** The step from which it resumed after the last loss of the GPU; null if there was none. */
  readonly recovered: ReadonlySignal<number | null>
  /** Whether the settings have changed since its start. */
  readonly changed: ReadonlySignal<boolean>
  /** A saved run that can be resumed; null if there is none. */
  readonly savedRun: ReadonlySignal<RunSummary<Settings> | null>
  /** The GPU. */
  readonly device: ReadonlySignal<{ readonly state: 'opening' | 'ready' | 'unavailable' }>
  /** The kernels that are ready, of those that were asked for. */
  readonly compiling: ReadonlySignal<{ readonly ready: number; readonly of: number } | null>
  /** Why it cannot be saved at present. */
  readonly savingFailure: ReadonlySignal<Failure | null>
  /** The recording that is shown in place of a run; null if there is none. */
  readonly recording: ReadonlySignal<Recorded | null>
  /** Whether the recording still plays. */
  readonly plays: ReadonlySignal<boolean>
  /** Whether the run was begun from nothing while the page was open. */
  readonly isNew: ReadonlySignal<boolean>
  start(): Promise<void>
  pause(): void
  resume(): void
  stepOnce(): void
  reset(): void
  /** Plays the recording from its first step, or shows its end at once. */
  replay(atOnce: boolean): void
  resumeSaved(): Promise<void>
  discardSaved(): Promise<void>
}

interface Props<Settings> {
  readonly run: ControlledRun<Settings>
  /** A short name for a run with these settings. */
  readonly whatOf: (settings: Settings) => string
  /** Text beside the state of the run. */
  readonly children?: ComponentChildren
}

export function RunControls<Settings>({ run, whatOf, children }: Props<Settings>) {
  const w = words.value
  const status = run.status.value
  const label = { idle: w.start, starting: w.cancel, running: w.pause, paused: w.resume, finished: w.further, failed: w.startAgain }[status]
  // Not `disabled`: Chrome takes the focus from a button that becomes disabled.
  const unavailable = run.device.value.state !== 'ready' && status !== 'starting'
  const { state } = run.device.value
  const recording = run.recording.value
  const says =
    status === 'idle' && recording ? (run.plays.value ? w.plays : w.played) : status === 'idle' && state !== 'ready' ? w.waiting[state] : w.states[status]
  const primary = useRef<HTMLButtonElement>(null)
  // The pressed button is disabled or gone afterwards, so the focus moves to the primary button.
  const keepFocus = (act: () => void) => () => {
    primary.current!.focus()
    act()
  }
  // A run that has trained is discarded only after a question. One that is still starting is canceled by the primary button.
  const begun = status !== 'idle' && status !== 'starting'
  const asking = useSignal(false)
  useEffect(() => {
    if (!begun) asking.value = false
  }, [begun])
  const reset = useRef<HTMLButtonElement>(null)
  const cancelReset = () => {
    asking.value = false
    requestAnimationFrame(() => reset.current?.focus())
  }
  const press = { idle: run.start, starting: run.reset, running: run.pause, paused: run.resume, finished: run.resume, failed: run.start }[status]
  return (
    <section class="run-controls" aria-label={says}>
      <FailureNote failure={run.failure.value} />
      {/* Always there: a screen reader announces what comes into it. */}
      <p id="recovered" class="hint run-recovered" role="status">
        {run.recovered.value !== null && w.recovered(count(run.recovered.value))}
      </p>
      {offersSavedRun(run) && <SavedRunNote run={run} summary={run.savedRun.value!} whatOf={whatOf} handOver={keepFocus} />}
      <div class="run-controls-row">
        <button id="primary" ref={primary} class="primary" {...ariaDisabled(unavailable, (event) => isMeant(event, status) && press())}>
          {label}
        </button>
        <button id="step" disabled={status !== 'paused' && status !== 'running'} onClick={run.stepOnce}>
          {w.step}
        </button>
        {asking.value && begun ? (
          <Question question={w.sure} yes={w.yes} no={w.no} onYes={keepFocus(run.reset)} onNo={cancelReset} />
        ) : (
          <button id="reset" ref={reset} disabled={!begun} onClick={() => (asking.value = true)}>
            {w.reset}
          </button>
        )}
        {/* Only the state is announced: the figures beside it change many times a second. */}
        <p id="status" class="run-status">
          <b role="status">{says}</b>
          {/* What a recording shows meanwhile is not what is prepared. */}
          {status === 'starting' ? <Waiting compiling={run.compiling.value} /> : children}
        </p>
      </div>
      {run.changed.value && (
        <p id="changed" class="hint">
          {w.changed}
        </p>
      )}
      {recording && (
        <p class="recorded">
          <b>{w.recording}</b>
          {w.space}
          <RecordingNote recording={recording} whatOf={whatOf} />
          {w.space}
          {state === 'unavailable' ? w.recordedAlone : status === 'starting' ? w.recordedMeanwhile : w.recordedUntil}{' '}
          {status === 'idle' && (
            <button id="replay" class="quiet" onClick={() => run.replay(run.plays.value)}>
              {run.plays.value ? w.toItsEnd : w.replay}
            </button>
          )}
        </p>
      )}
      {run.isNew.value && (
        <p id="own-run" class="recorded own">
          <b>{w.own}</b>
          {w.space}
          {w.ownFrom}
        </p>
      )}
      <FailureNote failure={run.savingFailure.value} />
    </section>
  )
}

/** Of what it is, and how fast it plays. */
function RecordingNote<Settings>({ recording, whatOf }: { recording: Recorded; whatOf: (settings: Settings) => string }) {
  const w = words.value
  const { adapter, steps, seconds, timesAsFast: times } = recording
  const { settings, source, textName } = recording.config
  const faster = times !== null && times > 1.5
  return (
    <>
      {w.recorded(whatOf(settings as Settings), count(steps), source === null ? '' : textInWords(textName), adapter)}
      {w.space}
      {faster ? w.timesAsFast(times < 3 ? times.toFixed(1) : count(times)) : w.playedIn(count(seconds))}
    </>
  )
}

/** What a run that starts waits for. */
function Waiting({ compiling }: { compiling: { readonly ready: number; readonly of: number } | null }) {
  const w = words.value
  return <span class="run-waiting">{compiling && w.waitsFor(count(compiling.ready), count(compiling.of))}</span>
}

/** Failures after which the saved run can be resumed. A training that diverged would diverge again. */
const recoverable = ['device-lost', 'gpu-error', 'unexpected']

function offersSavedRun<Settings>({ savedRun, status, failure }: ControlledRun<Settings>): boolean {
  return (
    savedRun.value !== null && (status.value === 'idle' || (status.value === 'failed' && failure.value !== null && recoverable.includes(failure.value.code)))
  )
}

interface SavedRunProps<Settings> extends Pick<Props<Settings>, 'run' | 'whatOf'> {
  readonly summary: RunSummary<Settings>
  readonly handOver: (act: () => void) => () => void
}

/** A run of an earlier visit, or the one that just failed. */
function SavedRunNote<Settings>({
  run,
  summary: {
    config: { settings, source, textName },
    step,
  },
  whatOf,
  handOver,
}: SavedRunProps<Settings>) {
  const w = words.value
  return (
    <div id="saved-run" class="saved-run">
      <p>{w.saved(whatOf(settings), count(step), source === null ? '' : isolated(textName) || w.yourText)}</p>
      <p class="saved-run-actions">
        <button id="resume-saved" disabled={run.device.value.state === 'unavailable'} onClick={handOver(() => void run.resumeSaved())}>
          {w.resumeSaved(count(step))}
        </button>
        <button id="discard-saved" class="quiet" onClick={handOver(() => void run.discardSaved())}>
          {w.discard}
        </button>
      </p>
    </div>
  )
}
