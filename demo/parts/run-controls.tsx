// Start, pause, go on, one step, reset of a run; what went wrong, next to them; and a kept run, to go on with.
import { useSignal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { strings } from '../page/language'
import type { Failure } from '../shared/protocol'
import type { KeptRun, Status } from '../shared/run-config'
import { FailureNote } from './failure-note'
import { count } from './format'
import { Question } from './question'
import { isolated } from './text-line'
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
    states: { idle: 'Ready', starting: 'Preparing', running: 'Learning', paused: 'Paused', finished: 'Done', failed: 'Stopped' },
    kept: (what: string, step: string, name: string) =>
      `This browser has a saved run: ${what}, ${step} steps${name && `, trained on ${name}`}. Starting a new run replaces it.`,
    yourText: 'your text',
    recall: (step: string) => `Resume from step ${step}`,
    recovered: (step: string) => `The connection to the GPU was lost. The run resumed by itself from step ${step}.`,
    discard: 'Discard',
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
    states: { idle: '就绪', starting: '正在准备', running: '学习中', paused: '已暂停', finished: '已完成', failed: '已停止' },
    kept: (what: string, step: string, name: string) => `浏览器里保存着一次训练：${what}，${step} 步${name && `，文本为${name}`}。重新开始会覆盖它。`,
    yourText: '你的文本',
    recall: (step: string) => `从第 ${step} 步继续`,
    recovered: (step: string) => `与 GPU 的连接曾断开，训练已自动从第 ${step} 步继续。`,
    discard: '放弃',
  },
)

/** A double click starts, and does not call off what it started. */
export const isMeant = ({ detail }: MouseEvent, status: Status) => status !== 'starting' || detail < 2

/** A run as its controls see it. */
export interface ControlledRun<Settings> {
  readonly status: ReadonlySignal<Status>
  /** Why it could not begin or go on. */
  readonly failure: ReadonlySignal<Failure | null>
  /** The step that it went on from when the GPU was lost the last time; null if it never was. */
  readonly recovered: ReadonlySignal<number | null>
  /** Whether the settings have changed since it began. */
  readonly changed: ReadonlySignal<boolean>
  /** A run that was kept earlier and can be gone on with; null if there is none. */
  readonly kept: ReadonlySignal<KeptRun<Settings> | null>
  /** Where it would compute. */
  readonly device: ReadonlySignal<{ readonly state: 'opening' | 'ready' | 'unavailable' }>
  /** Why it is not kept at present. */
  readonly keepingFailure: ReadonlySignal<Failure | null>
  start(): Promise<void>
  pause(): void
  resume(): void
  stepOnce(): void
  reset(): void
  recall(): Promise<void>
  forget(): Promise<void>
}

interface Props<Settings> {
  readonly run: ControlledRun<Settings>
  /** What trained in a run of these settings, in a word. */
  readonly whatOf: (settings: Settings) => string
  /** What there is to say beside the state of the run. */
  readonly children?: ComponentChildren
}

export function RunControls<Settings>({ run, whatOf, children }: Props<Settings>) {
  const w = words.value
  const status = run.status.value
  const label = { idle: w.start, starting: w.cancel, running: w.pause, paused: w.resume, finished: w.further, failed: w.startAgain }[status]
  // Said and not done: Chrome takes the keyboard away from a button that is disabled under it.
  const waits = run.device.value.state !== 'ready' && status !== 'starting'
  const primary = useRef<HTMLButtonElement>(null)
  // What is pressed here is disabled then, or gone: the keyboard stays at the button that goes on from here.
  const handOver = (act: () => void) => () => {
    primary.current!.focus()
    act()
  }
  // What has learned anything is not thrown away by a slip of the hand; what has not begun yet is called off by the first button.
  const begun = status !== 'idle' && status !== 'starting'
  const asking = useSignal(false)
  useEffect(() => {
    if (!begun) asking.value = false
  }, [begun])
  const reset = useRef<HTMLButtonElement>(null)
  const keep = () => {
    asking.value = false
    requestAnimationFrame(() => reset.current?.focus())
  }
  const press = { idle: run.start, starting: run.reset, running: run.pause, paused: run.resume, finished: run.resume, failed: run.start }[status]
  return (
    <section class="run-controls" aria-label={w.states[status]}>
      <FailureNote failure={run.failure.value} />
      {/* Always there, so that a screen reader announces what comes into it. */}
      <p id="recovered" class="hint run-recovered" role="status">
        {run.recovered.value !== null && w.recovered(count(run.recovered.value))}
      </p>
      {fits(run) && <Kept run={run} kept={run.kept.value!} whatOf={whatOf} handOver={handOver} />}
      <div class="run-controls-row">
        <button id="primary" ref={primary} class="primary" {...ariaDisabled(waits, (event) => isMeant(event, status) && press())}>
          {label}
        </button>
        <button id="step" disabled={status !== 'paused' && status !== 'running'} onClick={run.stepOnce}>
          {w.step}
        </button>
        {asking.value && begun ? (
          <Question question={w.sure} yes={w.yes} no={w.no} onYes={handOver(run.reset)} onNo={keep} />
        ) : (
          <button id="reset" ref={reset} disabled={!begun} onClick={() => (asking.value = true)}>
            {w.reset}
          </button>
        )}
        {/* The state alone is announced: the figures beside it change many times a second. */}
        <p id="status" class="run-status">
          <b role="status">{w.states[status]}</b>
          {children}
        </p>
      </div>
      {run.changed.value && (
        <p id="changed" class="hint">
          {w.changed}
        </p>
      )}
      <FailureNote failure={run.keepingFailure.value} />
    </section>
  )
}

/** What a device took with it can be gone on with; a training that ran away would run away again. */
const recoverable = ['device-lost', 'gpu-error', 'unexpected']

function fits<Settings>({ kept, status, failure }: ControlledRun<Settings>): boolean {
  return kept.value !== null && (status.value === 'idle' || (status.value === 'failed' && failure.value !== null && recoverable.includes(failure.value.code)))
}

interface KeptProps<Settings> extends Pick<Props<Settings>, 'run' | 'whatOf'> {
  readonly kept: KeptRun<Settings>
  readonly handOver: (act: () => void) => () => void
}

/** A run from an earlier visit, or the one that was just cut off. */
function Kept<Settings>({
  run,
  kept: {
    config: { settings, source, textName },
    step,
  },
  whatOf,
  handOver,
}: KeptProps<Settings>) {
  const w = words.value
  return (
    <div id="kept" class="kept">
      <p>{w.kept(whatOf(settings), count(step), source === null ? '' : isolated(textName) || w.yourText)}</p>
      <p class="kept-actions">
        <button id="recall" disabled={run.device.value.state === 'unavailable'} onClick={handOver(() => void run.recall())}>
          {w.recall(count(step))}
        </button>
        <button id="forget-kept" class="quiet" onClick={handOver(() => void run.forget())}>
          {w.discard}
        </button>
      </p>
    </div>
  )
}
