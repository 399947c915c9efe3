// The strip of a task: the numbers, and over them the gates of the GRU and the LSTM that learned it.
import { figure, signedFigure } from '../../parts/format'
import { Swatch } from '../../parts/chart'
import type { Series } from '../../parts/stroke'
import { answerAt, atMarks, counting, furthest, type Evaluation, type GateRun, type Item } from '../../shared/gates/record'
import { contestants, shownGates, type ShownGate, type TaskKind } from '../../shared/gates/settings'
import { cursor } from './store'
import { words } from './strings'

const strokes: Readonly<Record<ShownGate, Pick<Series, 'colour' | 'dashed' | 'dotted'>>> = {
  r: { colour: '--rnn', dotted: true },
  z: { colour: '--gru' },
  f: { colour: '--lstm', dashed: true },
}

interface Line {
  readonly name: ShownGate
  readonly values: readonly number[]
}

const linesOf = (kind: TaskKind, { lanes }: Evaluation): Line[] =>
  contestants.flatMap((one, i) => (one.kind === kind ? shownGates[one.cell].map((name) => ({ name, values: lanes[i]!.gates[name]! })) : []))

/** What 1 and 0 mean, for each gate. */
export function Ends() {
  const w = words.value
  return (
    <section class="gates-ends" aria-labelledby="ends-title">
      <h3 id="ends-title">{w.endsTitle}</h3>
      <dl>
        {(Object.keys(strokes) as ShownGate[]).map((name) => (
          <div key={name}>
            <dt>
              <Swatch series={strokes[name]} /> {w.gates[name]}
            </dt>
            {w.ends[name].map((end) => (
              <dd key={end}>{end}</dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  )
}

/** The number that is pointed at. */
export const pointed = (sequence: readonly Item[]): number => Math.min(cursor.value ?? furthest(sequence), sequence.length - 1)

export function Strip({ kind, now, evaluation }: { kind: TaskKind; now: GateRun | null; evaluation: Evaluation | null }) {
  const w = words.value
  const id = `gates-${kind}`
  return (
    <section class="gates-task" id={id} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{w.kinds[kind]}</h3>
      <p class="hint">{w.questions[kind]}</p>
      {now && evaluation ? <Drawn kind={kind} now={now} evaluation={evaluation} /> : <div class="gates-waiting" aria-busy="true" />}
    </section>
  )
}

function Drawn({ kind, now: { sequence }, evaluation }: { kind: TaskKind; now: GateRun; evaluation: Evaluation }) {
  const w = words.value
  const T = sequence.length
  const at = pointed(sequence)
  const counts = counting(kind, sequence, at)
  const lines = linesOf(kind, evaluation)
  const point = (event: PointerEvent | MouseEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    cursor.value = Math.max(0, Math.min(T - 1, Math.floor(((event.clientX - box.left) / box.width) * T)))
  }
  const marks = sequence.flatMap(({ first }, t) => (first ? [t] : []))
  const means = lines.map(({ name, values }) => {
    const { marked, others } = atMarks(values, sequence)
    return w.means(w.gates[name], figure(marked), figure(others))
  })
  return (
    <>
      <ul class="chart-legend" aria-hidden="true">
        {lines.map(({ name, values }) => (
          <li key={name}>
            <Swatch series={strokes[name]} /> {w.gates[name]} <b>{figure(values[at])}</b>
          </li>
        ))}
      </ul>
      <p class="label gates-axis">1</p>
      <div class="gates-strip" onPointerMove={(event) => event.pointerType === 'mouse' && point(event)} onClick={point}>
        <svg class="gates-plot" role="img" aria-label={w.strip(means.join(' '))} viewBox={`0 0 ${T} 1`} preserveAspectRatio="none">
          {marks.map((t) => (
            <rect key={t} class="gates-mark" x={t} y="0" width="1" height="1" />
          ))}
          <line class="gates-half" x1="0" x2={T} y1="0.5" y2="0.5" />
          <line class="gates-cursor" x1={at + 0.5} x2={at + 0.5} y1="0" y2="1" />
          {lines.map(({ name, values }) => (
            <polyline
              key={name}
              class={`gates-line ${strokes[name].dashed ? 'dashed' : strokes[name].dotted ? 'dotted' : ''}`}
              style={{ stroke: `var(${strokes[name].colour})` }}
              points={values.map((value, t) => `${t + 0.5},${(1 - value).toFixed(3)}`).join(' ')}
            />
          ))}
        </svg>
        <p class="label gates-axis">0</p>
        <svg class="gates-numbers" role="img" aria-label={w.numbers(numbersOf(sequence))} viewBox={`0 0 ${T} 1`} preserveAspectRatio="none">
          {marks.map((t) => (
            <rect key={t} class="gates-mark" x={t} y="0" width="1" height="1" />
          ))}
          {sequence.map(({ number }, t) => (
            <rect
              key={t}
              class={counts.includes(t) ? 'gates-number counts' : 'gates-number'}
              x={t + 0.15}
              y={1 - 0.06 - 0.9 * number}
              width="0.7"
              height={0.06 + 0.9 * number}
            />
          ))}
          <line class="gates-cursor" x1={at + 0.5} x2={at + 0.5} y1="0" y2="1" />
        </svg>
      </div>
      <p class="gates-answer" aria-live="polite">
        <Answer kind={kind} sequence={sequence} evaluation={evaluation} at={at} />
      </p>
      <p class="gates-says">{means.join(w.space)}</p>
    </>
  )
}

const numbersOf = (sequence: readonly Item[]) => sequence.map(({ number, first }) => `${first ? '| ' : ''}${figure(number)}`).join(' ')

/** What is right after a number, and what both say. */
function Answer({ kind, sequence, evaluation, at }: { kind: TaskKind; sequence: readonly Item[]; evaluation: Evaluation; at: number }) {
  const w = words.value
  const right = answerAt(kind, sequence, at)
  if (right === null) return <>{w.nothingAsked}</>
  const [gru, lstm] = contestants.flatMap((one, i) => (one.kind === kind ? [evaluation.lanes[i]!.answers[at]!] : []))
  return <>{w.asked(String(at + 1), figure(right), signedFigure(gru!), signedFigure(lstm!))}</>
}
