// Blanks: two networks of equal size guess hidden characters of a text.
import { useMemo } from 'preact/hooks'
import { cellNames } from '../../parts/cells'
import { Chart } from '../../parts/chart'
import { NumberField } from '../../parts/field'
import { count, unitsOf } from '../../parts/format'
import { RunControls } from '../../parts/run-controls'
import { Segments } from '../../parts/segments'
import { TextLine, textInWords } from '../../parts/text-line'
import { useRecording } from '../../parts/use-recording'
import { language } from '../../page/language'
import { ownText } from '../../session/settings'
import { text } from '../../session/text'
import { Board } from './board'
import { Guessing } from './guessing'
import { cells, learnedText, learning, runs, set, settings } from './store'
import { words } from './strings'
import { sides, type Of, type Side } from '../../shared/blank/record'
import './blank.css'

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`

/** How many more of 100 hidden characters both sides guess right. */
const gainOf = ({ both, before }: Of<number>) => Math.round(100 * (both - before))

export default function Blank() {
  const w = words.value
  const now = settings.value
  // It opens with the result; how it came about can be played.
  useRecording(runs, `blank-${ownText(language.value)}`, true)
  return (
    <div class="blank" data-cell={now.cell}>
      <header class="blank-part">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
      </header>
      <div class="blank-learn">
        <RunControls run={runs} whatOf={({ cell }) => cellNames[cell]}>
          {learning.value && w.about(count(learning.value.step), textInWords(learnedText.value))}
        </RunControls>
        <Accuracy />
        <div class="blank-part blank-setup">
          <form class="blank-form" noValidate onSubmit={(event) => event.preventDefault()}>
            <Segments
              titled
              name="blank-cell"
              label={w.cell}
              value={now.cell}
              options={cells.map((value) => ({ value, label: cellNames[value], cell: value }))}
              onChange={(value) => set('cell', value)}
            />
            <NumberField name="blank-hidden" label={w.hidden} value={now.hidden} min={1} onChange={(value) => set('hidden', value)} />
            <NumberField name="blank-iterations" label={w.iterations} value={now.iterations} min={1} onChange={(value) => set('iterations', value)} />
            <NumberField name="blank-seed" label={w.seed} value={now.seed} onChange={(value) => set('seed', value)} />
          </form>
          <TextLine id="blank-reads" name={text.value.name} />
        </div>
      </div>
      <Board />
      <Guessing />
    </div>
  )
}

/** The accuracy of each on held-out text, as it learns. */
function Accuracy() {
  const w = words.value
  const now = learning.value
  const evaluations = now?.evaluations.flatMap(({ step, accuracy }) => (accuracy ? [{ step, ...accuracy }] : [])) ?? []
  const data = useMemo(
    (): [number[], number[], number[]] => [
      evaluations.map(({ step }) => step),
      evaluations.map(({ both }) => 100 * both),
      evaluations.map(({ before }) => 100 * before),
    ],
    [now?.evaluations, now],
  )
  const last = evaluations.at(-1)
  const value = (side: Side) => (last ? percent(last[side]) : '–')
  return (
    <section class="blank-part blank-accuracy" aria-labelledby="accuracy-title">
      <h3 id="accuracy-title">{w.accuracy}</h3>
      <dl class="blank-figures">
        {sides.map((side) => (
          <div key={side} class="blank-figure" data-side={side}>
            <dt>
              <b>{w.sides[side]}</b>{' '}
              <span class="label">{now ? w.size(unitsOf(now.sizes[side].hidden, side === 'both'), count(now.sizes[side].parameters)) : w.sideAbout[side]}</span>
            </dt>
            <dd>{value(side)}</dd>
          </div>
        ))}
      </dl>
      <p id="buys" class="blank-buys">
        {last && last.step > 0 && (
          <>
            <b>{w.buysQuestion}</b> {w.buys({ both: value('both'), before: value('before'), gain: gainOf(last), step: count(last.step) })}
          </>
        )}
      </p>
      <Chart
        label={w.chart(count(last?.step ?? 0), value('both'), value('before'))}
        titled
        x={w.step}
        unit=" %"
        data={data}
        series={[
          { name: w.sides.both, colour: `--${settings.value.cell}`, dots: true },
          { name: w.sides.before, colour: '--held-out', dashed: true, dots: true },
        ]}
        format={(value) => percent(value / 100)}
        table={{
          head: [w.step, w.sides.both, w.sides.before],
          rows: evaluations.toReversed().map(({ step, both, before }) => [count(step), percent(both), percent(before)]),
        }}
      />
      <p class="hint">{now && now.evaluations.length > 0 && evaluations.length === 0 ? w.noHeldOut : w.accuracyHint}</p>
    </section>
  )
}
