// The heat map of one quantity below the characters, with the chosen unit as a line above them; its legend, the figures of the
// character that is pointed at, and a table.
import { useSignal } from '@preact/signals'
import { probability, signedFigure } from '../../parts/format'
import { nameOf } from '../../parts/guesses'
import { Columns } from './columns'
import { chooseUnit, cursor, meanOver, unitValues, type Shown } from './state'
import '../../parts/chart.css'
import { quantityOf, words } from './strings'

export function HeatMap({ shown }: { shown: Shown }) {
  const w = words.value
  const { inspection, layer, hidden, quantity, values, unit, rows, range } = shown
  const line = unitValues(shown, unit)
  const [name] = quantityOf(inspection.cell, quantity)
  const highest = line.indexOf(line.reduce((a, b) => Math.max(a, b)))
  const lowest = line.indexOf(line.reduce((a, b) => Math.min(a, b)))
  const at = (t: number) => `${nameOf(inspection.characters[t]!)} (${t + 1})`
  const label = `${w.heat(name, String(layer + 1), String(inspection.characters.length), String(hidden))} ${w.extremes(String(unit + 1), signedFigure(line[highest]!), at(highest), signedFigure(line[lowest]!), at(lowest))}`
  const row = Math.max(2, Math.min(10, Math.round(384 / hidden)))
  const colour = `--${inspection.cell.split('-')[0]}`
  return (
    <figure class="xray-heat" id="heat">
      <figcaption class="xray-legend">
        <span>
          <i class="xray-line" />{' '}
          {w.value(quantity, String(unit + 1), cursor.value === null || cursor.value >= line.length ? '–' : signedFigure(line[cursor.value]!))}
        </span>
        <span class="xray-scale">
          {signedFigure(range[0])} <i class="xray-gradient" /> {signedFigure(range[1])}
        </span>
      </figcaption>
      <Columns
        label={label}
        characters={inspection.characters}
        panels={[
          { kind: 'lines', height: 64, range, lines: [{ values: line, colour }] },
          { kind: 'characters', height: 28 },
          { kind: 'heat', height: Math.min(560, row * hidden), values, rows, range, marked: unit },
        ]}
        onRow={(row) => chooseUnit(rows[row]!)}
        onWalk={(by) => chooseUnit(rows[Math.max(0, Math.min(hidden - 1, rows.indexOf(unit) + by))]!)}
      />
      <Here shown={shown} line={line} />
      <Numbers shown={shown} line={line} />
    </figure>
  )
}

function Here({ shown: { inspection, quantity }, line }: { shown: Shown; line: Float32Array }) {
  const w = words.value
  const at = cursor.value
  return (
    <p id="here" class="xray-here" aria-live="polite">
      {at !== null && at < inspection.characters.length && (
        <>
          <b>{w.here(`“${nameOf(inspection.characters[at]!)}”`, String(at + 1))}</b>
          <span>
            {quantity} = {signedFigure(line[at]!)}
          </span>
          <span>
            {w.next}: {inspection.expected[at]!.map(({ character, probability: p }) => `${nameOf(character)} ${probability(p)}`).join(', ')}
          </span>
        </>
      )}
    </p>
  )
}

function Numbers({ shown, line }: { shown: Shown; line: Float32Array }) {
  const w = words.value
  const open = useSignal(false)
  const { inspection, values, hidden, unit, quantity } = shown
  const means = open.value ? meanOver(values, hidden) : null
  return (
    <details class="chart-numbers" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{w.numbers}</summary>
      {means && (
        <div class="chart-scroll" tabIndex={0} role="region" aria-label={w.numbers}>
          <table>
            <thead>
              <tr>
                <th scope="col">{w.columnsOf.character}</th>
                <th scope="col">
                  {quantity}, {w.columnsOf.unit} {unit + 1}
                </th>
                <th scope="col">
                  {quantity}, {w.columnsOf.mean}
                </th>
              </tr>
            </thead>
            <tbody>
              {inspection.characters.map((character, t) => (
                <tr key={t}>
                  <td>
                    {t + 1} {nameOf(character)}
                  </td>
                  <td>{signedFigure(line[t]!)}</td>
                  <td>{signedFigure(means[t]!)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
