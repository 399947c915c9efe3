// How fast this GPU is: each strategy on the shapes of the benchmark, and other engines beside it.
import { formatMeasurement } from 'sluice'
import { CopyButton } from '../../parts/copy-button'
import { FailureNote } from '../../parts/failure-note'
import { GpuViews } from '../../parts/gpu-views'
import { fileName, jsonOf, saveFile, saveReport } from '../../parts/save-file'
import { columnOf, kinds } from './figures'
import { encode, prefix } from './link'
import { Picture } from './picture'
import { beside, failure, found, isLinkBroken, others, progress, running, start, stop, type Found } from './store'
import { words } from './strings'
import { ProbeTable, WorkTable } from './tables'
import './measure.css'

export default function MeasureView() {
  const w = words.value
  const now = progress.value
  const isRunning = running.value !== null
  return (
    <article class="measure">
      <GpuViews open="measure" />
      <h2>{w.title}</h2>
      <p class="lead">{w.lead}</p>
      <p class="hint">{w.time}</p>
      {others.value.length > 0 && !isRunning && (
        <label class="measure-beside">
          <input type="checkbox" checked={beside.value} onChange={({ currentTarget }) => (beside.value = currentTarget.checked)} />
          <span>
            {w.beside} <span class="hint">{w.besideHint}</span>
          </span>
        </label>
      )}
      <p class="measure-actions">
        {isRunning ? (
          <button onClick={stop}>{w.stop}</button>
        ) : (
          <button class="primary" onClick={() => void start()}>
            {found.value ? w.again : w.start}
          </button>
        )}
      </p>
      <div role="status">{isRunning && now && <Progress {...now} />}</div>
      {isLinkBroken.value && (
        <p class="measure-wrong" role="alert">
          {w.broken}
        </p>
      )}
      <FailureNote failure={failure.value} />
      {found.value && <Result {...found.value} />}
    </article>
  )
}

function Progress({ done, of, doing }: { done: number; of: number; doing: string }) {
  const w = words.value
  const [kind, ...shape] = doing.split(' ')
  const text = kind && w.doing[kind] ? `${w.doing[kind]} ${shape.join(' ')}` : w.probe
  return (
    <p class="measure-progress">
      <progress value={done} max={of} aria-label={w.title} /> {w.progress(text)}
    </p>
  )
}

function Result({ measurement, isLinked }: Found) {
  const w = words.value
  const { works, probe, isShort, ms, adapter } = measurement
  const rows = works.flatMap((work) => work.rows)
  const wrong = [...new Set(rows.filter(({ status }) => status === 'wrong' || status === 'failed').map(columnOf))]
  const late = rows.filter(({ status }) => status === 'no time').length
  return (
    <>
      {isLinked && <p class="hint">{w.linked}</p>}
      <p class="measure-summary">
        <b>{adapter.name}</b>
        <span>
          {w.summary(rows.filter(({ status }) => status === 'measured').length, Math.round(ms / 1000))} {isShort && w.short} {late > 0 && w.late(late)}
        </span>
        {wrong.length > 0 && <span class="measure-wrong">{w.wrong(wrong)}</span>}
      </p>
      <section aria-label={w.actions}>
        <p class="measure-actions">
          <CopyButton label={w.copyReport} copied={w.copied} text={() => formatMeasurement(measurement)} />
          <CopyButton label={w.copyLink} copied={w.copied} text={async () => location.href.replace(/#.*$/, '') + prefix + (await encode(measurement))} />
          <CopyButton label={w.copyJson} copied={w.copied} text={() => jsonOf(measurement)} />
          <button onClick={() => saveReport('measure', measurement)}>{w.saveJson}</button>
        </p>
        <p class="hint">{w.send}</p>
      </section>
      {kinds.map((kind) => (
        <WorkTable key={kind} measurement={measurement} kind={kind} />
      ))}
      {probe && <ProbeTable probe={probe} />}
      <Picture measurement={measurement} save={(png) => saveFile(png, `${fileName('measure', measurement)}.png`)} />
    </>
  )
}
