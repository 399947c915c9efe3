// A gate to try out: how much of the old state it lets through, and how much is left after many characters.
import { signal } from '@preact/signals'
import { Slider } from '../../parts/field'
import { figure } from '../../parts/format'
import { Segments } from '../../parts/segments'
import { words } from './strings'

type Gate = 'z' | 'f' | 'r'
const gates: readonly Gate[] = ['z', 'f', 'r']
const gate = signal<Gate>('z')
const value = signal(0.9)

const old = [0.9, -0.6, 0.35, -0.95, 0.7, 0.15, -0.4, 0.8]
const candidate = [-0.5, 0.7, 0.9, 0.3, -0.7, -0.85, 0.55, 0.1]
const cells = { z: 'gru', f: 'lstm', r: 'gru' } as const

export function Toy() {
  const w = words.value.toy
  const [chosen, passed] = [gate.value, value.value]
  const half = Math.log(0.5) / Math.log(passed)
  const after = (steps: number) => `${Math.round(100 * passed ** steps)} %`
  return (
    <figure class="toy" id="toy" data-cell={cells[chosen]}>
      <div class="toy-controls">
        <Segments
          titled
          name="gate"
          label={w.gate}
          value={chosen}
          options={gates.map((name) => ({ value: name, label: w.gates[name], cell: cells[name] }))}
          onChange={(name) => (gate.value = name)}
        />
        <Slider
          name="gate-value"
          label={w.value}
          value={passed}
          min={0}
          max={1}
          step={0.01}
          show={(at) => at.toFixed(2)}
          onChange={(at) => (value.value = at)}
        />
      </div>
      <Bars gate={chosen} kept={passed} />
      <p class="toy-legend" aria-hidden="true">
        <span>
          <svg viewBox="0 0 12 12">
            <rect class="toy-old" x="1" y="1" width="10" height="10" />
          </svg>
          {w.legend.old}
        </span>
        <span>
          <svg viewBox="0 0 12 12">
            <rect class="toy-kept" x="1" y="1" width="10" height="10" />
          </svg>
          {w.legend.passed}
        </span>
        {chosen === 'z' && (
          <span>
            <svg viewBox="0 0 12 12">
              <path class="toy-new" d="M0 6h12" />
            </svg>
            {w.legend.updated}
          </span>
        )}
      </p>
      {chosen === 'r' ? (
        <p id="toy-says" aria-live="polite">
          {w.sees(`${Math.round(100 * passed)} %`)}
        </p>
      ) : (
        <>
          <p class="toy-text" aria-hidden="true">
            {[...w.text].map((character, steps) => (
              <span key={steps} style={{ backgroundColor: `color-mix(in oklab, var(--cell) ${Math.round(55 * passed ** steps)}%, transparent)` }}>
                {character}
              </span>
            ))}
          </p>
          <p id="toy-says" aria-live="polite">
            {passed === 1 ? w.forever : passed === 0 ? w.atOnce : w.left(after(10), figure(half, 1))}
          </p>
          <table>
            <thead>
              <tr>
                <th scope="row">{w.after}</th>
                {[1, 5, 10, 20, 50].map((steps) => (
                  <th key={steps} scope="col">
                    {steps}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{w.isLeft}</th>
                {[1, 5, 10, 20, 50].map((steps) => (
                  <td key={steps}>{after(steps)}</td>
                ))}
              </tr>
            </tbody>
          </table>
        </>
      )}
    </figure>
  )
}

/** The old state as outlines, what passes the gate as filled bars, and for z the new state as marks. */
function Bars({ gate, kept }: { gate: Gate; kept: number }) {
  const w = words.value.toy
  const [width, height, middle] = [36, 120, 60]
  const bar = (value: number) => ({ y: middle - Math.max(0, value) * 54, height: Math.abs(value) * 54 })
  return (
    <svg
      class="toy-bars"
      viewBox={`0 0 ${old.length * width} ${height}`}
      role="img"
      aria-label={w.bars(String(old.length), kept.toFixed(2), old.map((value) => (kept * value).toFixed(2)).join(', '))}
    >
      <line x1="0" x2={old.length * width} y1={middle} y2={middle} class="toy-axis" />
      {old.map((value, i) => (
        <g key={i} transform={`translate(${i * width + 8} 0)`}>
          <rect class="toy-old" width="20" {...bar(value)} />
          <rect class="toy-kept" width="20" {...bar(kept * value)} />
          {gate === 'z' && <path class="toy-new" d={`M-4 ${middle - 54 * (kept * value + (1 - kept) * candidate[i]!)}h28`} />}
        </g>
      ))}
    </svg>
  )
}
