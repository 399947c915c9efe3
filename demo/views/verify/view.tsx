// Whether this GPU computes what it should.
import { CopyButton } from '../../parts/copy-button'
import { FailureNote } from '../../parts/failure-note'
import { GpuViews } from '../../parts/gpu-views'
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
        <table class="scoreboard">
          <caption>{w.unit}</caption>
          <thead>
            <tr>
              <th scope="col">{w.kernel}</th>
              <th scope="col">{w.checks}</th>
              <th scope="col">{w.error}</th>
            </tr>
          </thead>
          <tbody>
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
    <tr data-right={passed === lines.length}>
      <th scope="row">
        <code>{kernel}</code>
        {first && <span class="verify-why">{[first.strategy, first.why].filter(Boolean).join(': ')}</span>}
      </th>
      <td>
        {passed} / {lines.length}
      </td>
      <td>{errors.length === 0 ? '–' : Number.isFinite(largest) ? largest.toPrecision(2) : String(largest)}</td>
    </tr>
  )
}
