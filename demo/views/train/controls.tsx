// Start, pause, go on, one step, reset; and what went wrong, next to them.
import { FailureNote } from '../../parts/failure-note'
import { cellNames } from '../../parts/cells'
import { count } from '../../parts/format'
import { about, changed, device, failure, forget, keepingFailure, kept, pause, recall, reset, resume, start, status, stepOnce } from '../../session/session'
import { words } from './strings'

/** What a device took with it can be gone on with; a training that ran away would run away again. */
const recoverable = ['device-lost', 'gpu-error', 'unexpected']

export function Controls() {
  const w = words.value
  const label = { idle: w.start, starting: w.starting, running: w.pause, paused: w.resume, finished: w.further, failed: w.startAgain }[status.value]
  const press = { idle: start, starting: () => {}, running: pause, paused: resume, finished: resume, failed: start }[status.value]
  const ready = device.value.state === 'ready'
  const run = about.value
  return (
    <section class="controls" aria-label={w.controls}>
      <FailureNote failure={failure.value} />
      <Kept />
      <div class="controls-row">
        <button id="primary" class="primary" disabled={!ready || status.value === 'starting'} onClick={() => void press()}>
          {label}
        </button>
        <button id="step" disabled={status.value !== 'paused' && status.value !== 'running'} onClick={stepOnce}>
          {w.step}
        </button>
        <button id="reset" disabled={status.value === 'idle'} onClick={reset}>
          {w.reset}
        </button>
        <p id="status" class="status" role="status">
          <b>{w.states[status.value]}</b>
          {run && ` · ${w.summary(cellNames[run.order.settings.cell], count(run.parameters), run.order.textName || w.yourText)}`}
        </p>
      </div>
      {changed.value && (
        <p id="changed" class="hint">
          {w.changed}
        </p>
      )}
      <FailureNote failure={keepingFailure.value} />
    </section>
  )
}

/** A run from an earlier visit, or the one that was just cut off. */
function Kept() {
  const w = words.value
  const run = kept.value
  const fits = status.value === 'idle' || (status.value === 'failed' && failure.value !== null && recoverable.includes(failure.value.code))
  if (!run || !fits) return null
  const { settings, textName } = run.order
  return (
    <div id="kept" class="kept" data-cell={settings.cell}>
      <p>{w.kept(cellNames[settings.cell], count(run.step), textName || w.yourText)}</p>
      <p class="kept-actions">
        <button id="recall" disabled={device.value.state === 'unavailable'} onClick={() => void recall('current')}>
          {w.recall(count(run.step))}
        </button>
        <button class="quiet" onClick={() => void forget()}>
          {w.forget}
        </button>
      </p>
    </div>
  )
}
