// The figures of a measurement as tables. On a narrow screen each shape becomes labelled figures.
import type { GpuMeasurement, Probe, WorkKind, WorkMeasurement } from 'sluice'
import { columnOf, columnsOf, columnTitle, fastestOf, giga, short, valueOf } from './figures'
import { words } from './strings'
import '../../parts/scoreboard.css'

export function WorkTable({ measurement, kind }: { measurement: GpuMeasurement; kind: WorkKind }) {
  const w = words.value
  const works = measurement.works.filter((work) => work.kind === kind)
  if (works.length === 0) return null
  const columns = columnsOf(measurement)
  return (
    <div class="scoreboard-box" tabIndex={0} role="group" aria-label={w.kinds[kind]}>
      {/* Explicit roles, since a browser drops them when CSS changes the display of the rows. */}
      <table class="scoreboard measure-table" role="table">
        <caption>{w.kinds[kind]}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {w.shape}
            </th>
            {[...columns.map(columnTitle), w.rate].map((label) => (
              <th key={label} scope="col" role="columnheader">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {works.map((work) => (
            <Row key={work.id} work={work} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ work, columns }: { work: WorkMeasurement; columns: readonly string[] }) {
  const w = words.value
  const fastest = fastestOf(work)
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        {work.title}
      </th>
      {columns.map((column) => {
        const row = work.rows.find((row) => columnOf(row) === column)
        const value = row && valueOf(work, row)
        return (
          <td key={column} role="cell" data-label={columnTitle(column)} class={row && row === fastest ? 'measure-fastest' : undefined} title={row?.why}>
            {value === undefined ? w.status[row?.status ?? 'not offered'] : short(value)}
          </td>
        )
      })}
      <td role="cell" data-label={w.rate}>
        {fastest ? short(work.flops / fastest.ms! / 1e6) : '–'}
      </td>
    </tr>
  )
}

export function ProbeTable({ probe }: { probe: Probe }) {
  const w = words.value
  const micro = (ms: number) => short(ms * 1000)
  const rows = [
    [w.probeRows.product, `${giga(probe.productRate)} GFLOP/s`],
    [w.probeRows.multiply, `${giga(probe.peakRate)} GFLOP/s`],
    [w.probeRows.loads, `${giga(probe.load)}; ${giga(probe.cachedLoad)}; ${giga(probe.copy)} GB/s`],
    [w.probeRows.dispatch, `${micro(probe.dependentDispatch)}; ${micro(probe.independentDispatch)} µs`],
    [w.probeRows.submit, `${micro(probe.submit)} µs; ${short(probe.roundTrip)} ms`],
  ]
  return (
    <table class="measure-probe">
      <caption>{w.best}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
