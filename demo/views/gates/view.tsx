// Gates: a GRU and an LSTM learn two tasks, and their gates are drawn over the symbols that they read.
import { useMemo } from 'preact/hooks'
import { cellNames } from '../../parts/cells'
import { Chart } from '../../parts/chart'
import { EvaluationSlider } from '../../parts/evaluation-slider'
import { IterationsField, NumberField, Slider } from '../../parts/field'
import { count, figure, scientific } from '../../parts/format'
import { joined } from '../../parts/joined'
import { RunControls } from '../../parts/run-controls'
import { Scoreboard } from '../../parts/scoreboard'
import { useRecording } from '../../parts/use-recording'
import { atMarks, type Evaluation, type GateRun } from '../../shared/gates/record'
import { contestants, kinds } from '../../shared/gates/settings'
import { chosen, cursor, gateRun, runs, set, settings } from './store'
import { Ends, pointed, Strip } from './strip'
import { words } from './strings'
import '../../parts/comparison.css'
import './gates.css'

const strokeOf = ({ cell, kind }: (typeof contestants)[number]) => ({ colour: `--${cell}`, dashed: kind === 'short' })

export default function GatesView() {
  const w = words.value
  const now = gateRun.value
  const last = (now?.evaluations.length ?? 0) - 1
  const index = Math.min(chosen.value ?? last, last)
  const evaluation = now?.evaluations[index] ?? null
  const stepOf = (i: number) => (now!.evaluations[i]!.step === 0 ? w.before : count(now!.evaluations[i]!.step))
  useRecording(runs, 'gates')
  return (
    <div class="gates comparison">
      <header class="comparison-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
        <p class="hint comparison-learn">{w.learn}</p>
      </header>
      <RunControls run={runs} whatOf={() => w.what}>
        {now && w.step(count(now.step))}
      </RunControls>
      <div class="comparison-main">
        <Ends />
        <div class="gates-pair">
          {kinds.map((kind) => (
            <Strip key={kind} kind={kind} now={now} evaluation={evaluation} />
          ))}
        </div>
        {now && (
          <div class="gates-sliders">
            <Slider
              name="number"
              label={w.number}
              value={pointed(now.sequence) + 1}
              min={1}
              max={now.sequence.length}
              step={1}
              onChange={(value) => (cursor.value = value - 1)}
            />
            <EvaluationSlider label={w.atStep} chosen={chosen} index={index} last={last} stepOf={stepOf} newest={w.newest} />
          </div>
        )}
        {now && evaluation && <Figures now={now} evaluation={evaluation} />}
        <Losses now={now} />
      </div>
      <Form />
    </div>
  )
}

function Figures({ now, evaluation: { lanes, step } }: { now: GateRun; evaluation: Evaluation }) {
  const w = words.value
  const meansOf = (values: readonly number[] | undefined) => (values ? atMarks(values, now.sequence) : null)
  return (
    <Scoreboard
      id="figures"
      caption={w.figuresCaption(count(step))}
      name={w.columns.name}
      columns={[
        { key: 'marked', label: w.columns.marked, strong: true },
        { key: 'others', label: w.columns.others, strong: true },
        { key: 'reset', label: w.columns.reset },
        { key: 'loss', label: w.columns.loss, strong: true },
        { key: 'weights', label: w.columns.weights },
      ]}
      entries={contestants.map((contestant, index) => {
        const { gates, loss } = lanes[index]!
        const keeps = meansOf(gates['z'] ?? gates['f'])!
        const reset = meansOf(gates['r'])
        return {
          index,
          cell: contestant.cell,
          stroke: strokeOf(contestant),
          name: `${cellNames[contestant.cell]}${w.comma}${w.short[contestant.kind]}`,
          figures: {
            marked: figure(keeps.marked),
            others: figure(keeps.others),
            reset: reset ? `${figure(reset.marked)} / ${figure(reset.others)}` : '–',
            loss: scientific(loss),
            weights: count(now.lanes[index]!.parameters),
          },
        }
      })}
    />
  )
}

function Losses({ now }: { now: GateRun | null }) {
  const w = words.value
  const lanes = now?.lanes ?? []
  const data = useMemo(
    () => joined(contestants.map((_, i) => [lanes[i]?.loss.steps ?? [], (lanes[i]?.loss.smooth ?? []).map((loss) => (loss > 0 ? loss : null))])),
    [now],
  )
  const nameOf = ({ cell, kind }: (typeof contestants)[number]) => `${cellNames[cell]}${w.comma}${w.short[kind]}`
  return (
    <section class="gates-losses" aria-labelledby="losses-title">
      <h2 id="losses-title">{w.losses}</h2>
      <p class="hint">{w.lossesAbout}</p>
      <Chart
        log
        titled
        label={w.chart(count(now?.step ?? 0), contestants.map((one, i) => `${nameOf(one)} ${scientific(lanes[i]?.loss.smoothed)}`).join('; '))}
        x={w.trainingStep}
        data={data}
        series={contestants.map((one) => ({ name: nameOf(one), ...strokeOf(one) }))}
        format={scientific}
      />
    </section>
  )
}

function Form() {
  const w = words.value
  const now = settings.value
  return (
    <form class="comparison-form" noValidate onSubmit={(event) => event.preventDefault()}>
      <div class="comparison-part">
        <div class="pair">
          <NumberField name="T" label={w.steps} value={now.steps} min={3} onChange={(value) => set('steps', value)} />
          <NumberField name="hidden" label={w.hidden} value={now.hidden} min={1} onChange={(value) => set('hidden', value)} />
          <NumberField name="batch" label={w.batch} value={now.batch} min={1} onChange={(value) => set('batch', value)} />
          <NumberField name="rate" label={w.rate} value={now.rate} step="any" onChange={(value) => set('rate', value)} />
          <IterationsField label={w.iterations} noLimit={w.noLimit} value={now.iterations} onChange={(value) => set('iterations', value)} />
          <NumberField name="seed" label={w.seed} value={now.seed} onChange={(value) => set('seed', value)} />
        </div>
      </div>
    </form>
  )
}
