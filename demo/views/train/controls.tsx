// Start, pause, go on, one step, reset; and what went wrong, next to them.
import { FailureNote } from '../../parts/failure-note'
import { cellNames } from '../../parts/cells'
import { count } from '../../parts/format'
import { about, changed, device, failure, pause, reset, resume, start, status, stepOnce } from '../../session/session'
import { words } from './strings'

export function Controls() {
  const w = words.value
  const label = { idle: w.start, starting: w.starting, running: w.pause, paused: w.resume, finished: w.further, failed: w.startAgain }[status.value]
  const press = { idle: start, starting: () => {}, running: pause, paused: resume, finished: resume, failed: start }[status.value]
  const ready = device.value.state === 'ready'
  const run = about.value
  return (
    <section class="controls" aria-label={w.states[status.value]}>
      <FailureNote failure={failure.value} />
      <div class="controls-row">
        <button id="primary" class="primary" disabled={!ready || status.value === 'starting'} onClick={() => void press()}>
          {label}
        </button>
        <button id="step" disabled={status.value !== 'paused' && status.value !== 'running'} onClick={stepOnce}>
          {w.step}
        </button>
        <button id="reset" disabled={status.value === 'idle' || status.value === 'starting'} onClick={reset}>
          {w.reset}
        </button>
        <p id="status" class="status" role="status">
          <b>{w.states[status.value]}</b>
          {run && ` · ${w.summary(cellNames[run.settings.cell], count(run.parameters), run.textName || w.yourText)}`}
        </p>
      </div>
      {changed.value && <p id="changed" class="hint">{w.changed}</p>}
    </section>
  )
}
