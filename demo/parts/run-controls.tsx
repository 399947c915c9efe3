// Start, pause, go on, one step, reset of a run; and what went wrong, next to them.
import type { ComponentChildren } from 'preact'
import type { Runner } from '../session/runner'
import { device } from '../session/session'
import { strings } from '../shell/language'
import { FailureNote } from './failure-note'
import './run-controls.css'

const words = strings(
  {
    start: 'Start', starting: 'Starting…', pause: 'Pause', resume: 'Go on', further: 'Train further', startAgain: 'Start again', step: 'One step', reset: 'Reset',
    changed: 'The settings have changed. They take effect after Reset.',
    states: { idle: 'Ready', starting: 'Preparing the networks', running: 'Learning', paused: 'Paused', finished: 'Done', failed: 'Stopped' },
  },
  {
    start: '开始', starting: '准备中…', pause: '暂停', resume: '继续', further: '接着训练', startAgain: '重新开始', step: '走一步', reset: '重置',
    changed: '设置已改，重置后生效。',
    states: { idle: '就绪', starting: '正在准备网络', running: '学习中', paused: '已暂停', finished: '已完成', failed: '已停止' },
  },
)

/** @param children what there is to say beside the state of the run. */
export function RunControls({ run, children }: { run: Runner; children?: ComponentChildren }) {
  const w = words.value
  const status = run.status.value
  const label = { idle: w.start, starting: w.starting, running: w.pause, paused: w.resume, finished: w.further, failed: w.startAgain }[status]
  const press = { idle: run.start, starting: () => {}, running: run.pause, paused: run.resume, finished: run.resume, failed: run.start }[status]
  return (
    <section class="run-controls" aria-label={w.states[status]}>
      <FailureNote failure={run.failure.value} />
      <div class="run-controls-row">
        <button id="primary" class="primary" disabled={device.value.state !== 'ready' || status === 'starting'} onClick={() => void press()}>
          {label}
        </button>
        <button id="step" disabled={status !== 'paused' && status !== 'running'} onClick={run.stepOnce}>
          {w.step}
        </button>
        <button id="reset" disabled={status === 'idle'} onClick={run.reset}>
          {w.reset}
        </button>
        <p id="status" class="run-status" role="status">
          <b>{w.states[status]}</b>
          {children}
        </p>
      </div>
      {run.changed.value && (
        <p id="changed" class="hint">
          {w.changed}
        </p>
      )}
    </section>
  )
}
