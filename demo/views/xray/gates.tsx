// The gates of a layer side by side: the mean over its units after each character.
import { useSignal } from '@preact/signals'
import { figure } from '../../parts/format'
import { nameOf } from '../../parts/guesses'
import { Columns } from './columns'
import { cursor, meanOver, type Shown } from './state'
import { kindOf, quantityOf, words, type GatedKind } from './strings'
import type { Line } from './paint'

/** By what the gates of a cell are, the gate that keeps in the colour of the cell. */
const styles: Readonly<Record<GatedKind, Readonly<Record<string, Omit<Line, 'values'>>>>> = {
  gru: { r: { colour: '--rnn', dash: [5, 3] }, z: { colour: '--gru' } },
  mgu: { f: { colour: '--mgu' } },
  lstm: { i: { colour: '--rnn', dash: [5, 3] }, f: { colour: '--lstm' }, o: { colour: '--held-out', dash: [2, 3] } },
}

export function Gates({ shown: { inspection, layer, hidden } }: { shown: Shown }) {
  const w = words.value
  const open = useSignal(false)
  const kind = kindOf[inspection.cell]
  if (!kind)
    return (
      <section class="xray-gates">
        <h3>{w.gates}</h3>
        <p class="hint">{w.noGates}</p>
      </section>
    )
  const { trace } = inspection.layers[layer]!
  const lines = Object.entries(styles[kind]).map(([name, style]) => ({ name, values: meanOver(trace[name]!, hidden), ...style }))
  const overall = (values: Float32Array) => figure(values.reduce((a, b) => a + b) / values.length)
  const at = cursor.value
  return (
    <section class="xray-gates" id="gates" aria-labelledby="gates-title">
      <h3 id="gates-title">{w.gates}</h3>
      <p class="hint">{w.gatesLead[kind]}</p>
      <figure class="xray-heat">
        <figcaption class="xray-legend">
          {lines.map(({ name, colour, dash, values }) => (
            <span key={name}>
              <i class={dash ? 'xray-line dashed' : 'xray-line'} style={{ color: `var(${colour})` }} /> {quantityOf(inspection.cell, name)[0]}{' '}
              <b>{at !== null && at < values.length ? figure(values[at]!) : overall(values)}</b>
            </span>
          ))}
        </figcaption>
        <Columns
          label={w.gatesChart(lines.map(({ name, values }) => `${quantityOf(inspection.cell, name)[0]} ${overall(values)}`).join(', '))}
          characters={inspection.characters}
          panels={[
            { kind: 'lines', height: 150, range: [0, 1], lines },
            { kind: 'characters', height: 28 },
          ]}
        />
        <details class="chart-numbers" onToggle={(event) => (open.value = event.currentTarget.open)}>
          <summary>{w.gatesNumbers}</summary>
          {open.value && (
            <div class="chart-scroll" tabIndex={0} role="region" aria-label={w.gatesNumbers}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{w.columnsOf.character}</th>
                    {lines.map(({ name }) => (
                      <th key={name} scope="col">
                        {quantityOf(inspection.cell, name)[0]}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {inspection.characters.map((character, t) => (
                    <tr key={t}>
                      <td>
                        {t + 1} {nameOf(character)}
                      </td>
                      {lines.map(({ name, values }) => (
                        <td key={name}>{figure(values[t]!)}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </details>
      </figure>
    </section>
  )
}
