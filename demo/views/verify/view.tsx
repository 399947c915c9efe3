// Whether this GPU computes what it should.
import { CopyButton } from '../../parts/copy-button'
import { FailureNote } from '../../parts/failure-note'
import { GpuViews } from '../../parts/gpu-views'
import { saveReport } from '../../parts/save-file'
import { failure, found, progress, running, start, stop, type Found } from './store'
import { words } from './strings'
import '../../parts/scoreboard.css'
import './verify.css'

export default function VerifyView() {
  const w = words.value
  const now = progress.value
  const isRunning = running.value !== null
  return (
    <article class="verify">
      <GpuViews open="verify" />
      <h2>{w.title}</h2>
      <p class="lead">{w.lead}</p>
      <p class="hint">{w.time}</p>
      <p class="verify-actions">
        {isRunning ? (
          <button onClick={stop}>{w.stop}</button>
        ) : (
          <button class="primary" onClick={() => void start()}>
            {found.value ? w.again : w.start}
          </button>
        )}
        {found.value && <CopyButton label={w.copy} copied={w.copied} text={() => found.value!.text} />}
        {found.value && <button onClick={() => saveReport('verify', found.value!.report)}>{w.save}</button>}
      </p>
      <div role="status">{isRunning && now && <Progress {...now} />}</div>
      <FailureNote failure={failure.value} />
      {found.value && <Result report={found.value.report} />}
    </article>
  )
}

function Progress({ done, of }: { done: number; of: number }) {
  return (
    <p class="verify-progress">
      <progress value={done} max={of} aria-label={words.value.title} /> {words.value.progress(done, of)}
    </p>
  )
}

type Report = Found['report']
type Line = Report['lines'][number]

function Result({ report: { lines } }: { report: Report }) {
  const w = words.value
  const kernels = new Map<string, Line[]>()
  for (const line of lines) kernels.set(line.kernel, [...(kernels.get(line.kernel) ?? []), line])
  const wrong = [...kernels].filter(([, lines]) => lines.some(({ status }) => status === 'failed'))
  const unclear = lines.filter(({ status }) => status === 'unclear').length
  return (
    <section aria-label={w.table}>
      <p class="verify-verdict" data-right={wrong.length === 0}>
        {wrong.length === 0 ? w.right(lines.length) : w.wrong(wrong.map(([kernel]) => kernel))}
        {unclear > 0 && ` ${w.unclear(unclear)}`}
      </p>
      <div class="scoreboard-box" tabIndex={0} role="group" aria-label={w.table}>
        {/* Explicit roles, since a browser drops them when CSS changes the display of the rows. */}
        <table class="scoreboard" role="table">
          <caption>{w.unit}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {[w.kernel, w.checks, w.error].map((label) => (
                <th key={label} scope="col" role="columnheader">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {[...wrong, ...[...kernels].filter((one) => !wrong.includes(one))].map(([kernel, lines]) => (
              <Row key={kernel} kernel={kernel} lines={lines} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Row({ kernel, lines }: { kernel: string; lines: readonly Line[] }) {
  const passed = lines.filter(({ status }) => status === 'passed').length
  const first = lines.find(({ status }) => status === 'failed')
  const errors = lines.flatMap(({ error }) => (error === null ? [] : [error]))
  const largest = errors.some(Number.isNaN) ? NaN : Math.max(0, ...errors)
  return (
    <tr role="row" data-right={passed === lines.length}>
      <th scope="row" role="rowheader">
        <code>{kernel}</code>
        {first && <span class="verify-why">{[first.strategy, first.why].filter(Boolean).join(': ')}</span>}
      </th>
      <td role="cell" data-label={words.value.checks}>
        {passed} / {lines.length}
      </td>
      <td role="cell" data-label={words.value.error}>
        {errors.length === 0 ? '–' : inBounds(largest)}
      </td>
    </tr>
  )
}

/** An error in units of its bound, for people. */
function inBounds(error: number): string {
  if (!Number.isFinite(error)) return String(error)
  if (error >= 10) return String(Math.round(error))
  return error === 0 ? '0' : error < 0.001 ? '< 0.001' : error.toPrecision(2)
}
