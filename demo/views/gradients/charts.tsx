// The charts of Gradients: the gradient at each time step, the figures, and norm and loss at each training step.
import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type uPlot from 'uplot'
import { Chart, type Series } from '../../parts/chart'
import { joined } from '../../parts/joined'
import { EvaluationSlider } from '../../parts/evaluation-slider'
import { count, figure, scientific } from '../../parts/format'
import { Scoreboard } from '../../parts/scoreboard'
import type { Gradients, Lane, LaneNorms } from '../../shared/gradients/record'
import { nameOf, strokeOf } from './names'
import { gradients } from './store'
import { words, type Trace } from './strings'

/** Smaller values are not drawn: they would squeeze the rest of the chart into one line. */
const least = 1e-12
const visible = (norm: number) => (Number.isFinite(norm) && norm >= least ? norm : null)

/** The evaluation that is shown; null for the newest. */
const chosen = signal<number | null>(null)

/** The norms of a network at an evaluation. For a network that is out, or whose
 * weights are out of range, the last ones before its last update. */
function normsOf({ lanes, evaluations }: Gradients, lane: number, index = evaluations.length - 1): LaneNorms | null {
  const { out } = lanes[lane]!
  const whole = ({ step, lanes }: Gradients['evaluations'][number]) =>
    (!out || step === 0 || step < out.step - 1) && lanes[lane]?.h.every((norm) => norm !== null && Number.isFinite(norm))
  return evaluations.slice(0, index + 1).findLast(whole)?.lanes[lane] ?? null
}

/** The ratio of the gradient's norm at t = 1 to that at t = T. @param index of the evaluation; the newest by default */
export function reach(now: Gradients, lane: number, index?: number): number | null {
  const norms = normsOf(now, lane, index)?.h
  return norms ? norms.at(-1)! / norms[0]! : null
}

export function Back() {
  const w = words.value
  const now = gradients.value
  const last = (now?.evaluations.length ?? 0) - 1
  const index = Math.min(chosen.value ?? last, last)
  const stepOf = (i: number) => (i <= 0 ? w.atStart : count(now!.evaluations[i]!.step))
  return (
    <section class="back" aria-labelledby="back-title">
      <h2 id="back-title">{w.back}</h2>
      <p class="hint">{now ? w.backAbout : w.empty}</p>
      <BackChart now={now} index={index} />
      <EvaluationSlider label={w.atStep} chosen={chosen} index={index} last={last} stepOf={stepOf} newest={w.newest} />
    </section>
  )
}

function BackChart({ now, index }: { now: Gradients | null; index: number }) {
  const w = words.value
  const lanes = now?.lanes ?? []
  const first = now?.evaluations[0]
  const curves = lanes.flatMap((lane, i): { series: Series; norms: readonly number[] | null | undefined }[] => {
    const name = nameOf(now!, lane)
    const { colour } = strokeOf(now!, lane)
    const seen = normsOf(now!, i, index)
    return [
      { series: { name: `${name}${w.comma}${w.before}`, colour, strength: 0.4, width: 1, quiet: true }, norms: first?.lanes[i]?.h },
      { series: { name, colour }, norms: seen?.h },
      ...(lane.cell === 'lstm' ? [{ series: { name: `${name}${w.comma}${w.cell}`, colour, dotted: true }, norms: seen?.c }] : []),
    ]
  })
  const T = now?.settings.steps ?? 2
  const x = Array.from({ length: T }, (_, back) => back)
  const data = useMemo(
    () => [x, ...curves.map(({ norms }) => x.map((back) => (norms ? visible(norms[back]!) : null)))] as uPlot.AlignedData,
    [now?.evaluations.length, index, now?.lanes],
  )
  const ends = lanes.map((lane, i) => {
    const norms = normsOf(now!, i, index)?.h
    return `${nameOf(now!, lane)} ${norms ? `${scientific(norms[0])}, ${scientific(norms.at(-1))}` : '–'}`
  })
  return (
    <Chart
      log
      titled
      label={w.chartBack(count(now?.evaluations[index]?.step ?? 0), ends.join('; '))}
      x={w.backAxis}
      leastX={1}
      data={data}
      series={curves.map(({ series }) => series)}
      format={scientific}
      table={{
        head: [w.backAxis, ...curves.map(({ series }) => series.name)],
        rows: x.map((back) => [count(back), ...curves.map(({ norms }) => scientific(norms?.[back]))]),
      }}
    />
  )
}

export function Figures({ now }: { now: Gradients }) {
  const w = words.value
  const seen = now.evaluations.at(-1)?.step ?? now.step
  return (
    <Scoreboard
      id="figures"
      caption={w.figuresCaption(count(now.step), seen === now.step ? null : count(seen))}
      name={w.columns.name}
      columns={[
        { key: 'reach', label: w.columns.reach, strong: true },
        { key: 'loss', label: w.columns.loss, strong: true },
        { key: 'norm', label: w.columns.norm },
        { key: 'clipped', label: w.columns.clipped },
        { key: 'recent', label: w.columns.recent },
      ]}
      entries={now.lanes.map((lane, index) => ({
        index,
        cell: lane.cell,
        stroke: strokeOf(now, lane),
        name: nameOf(now, lane),
        fault: lane.out ? w.out(lane.out.what, count(lane.out.step)) : undefined,
        figures: {
          reach: scientific(reach(now, index)),
          loss: lane.out ? 'NaN' : figure(lane.loss.smoothed, 3),
          norm: lane.out?.what === 'gradient' ? '∞' : scientific(lane.lastNorm),
          clipped: percent(lane.clipped, (lane.clipNorm ?? now.settings.clipNorm) === Infinity ? 0 : lane.loss.last),
          recent: percent(lane.recent.filter(Boolean).length, (lane.clipNorm ?? now.settings.clipNorm) === Infinity ? 0 : lane.recent.length),
        },
      }))}
    />
  )
}

export const percent = (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)}\u00a0%`)

/** Norm and loss at each training step, side by side: what one does to the other. */
export function Traces() {
  const w = words.value
  return (
    <section class="traces" aria-labelledby="traces-title">
      <h2 id="traces-title">{w.training}</h2>
      <div class="traces-pair">
        <TraceChart what="norm" />
        <TraceChart what="loss" />
      </div>
    </section>
  )
}

function TraceChart({ what }: { what: Trace }) {
  const w = words.value
  const now = gradients.value
  const lanes = now?.lanes ?? []
  const limit = what === 'norm' ? (lanes[0]?.clipNorm ?? now?.settings.clipNorm) : (now?.guessing ?? undefined)
  const data = useMemo(() => {
    const curves = lanes.map(
      ({ loss, norm }) => (what === 'norm' ? [norm.steps, norm.losses.map(visible)] : [loss.steps, loss.smooth.map(visible)]) as [number[], (number | null)[]],
    )
    const step = now?.step ?? 0
    if (step === 0) return [[], ...lanes.map(() => []), ...(hasLine(limit) ? [[]] : [])] as uPlot.AlignedData
    const line = [
      [1, step],
      [limit, limit],
    ] as [number[], number[]]
    return joined([...curves, ...(hasLine(limit) ? [line] : [])])
  }, [now])
  const newest = ({ loss, lastNorm }: Lane) => (what === 'norm' ? scientific(lastNorm) : figure(loss.smoothed, 3))
  return (
    <section aria-label={w.traces[what]}>
      <h3>{w.traces[what]}</h3>
      <Chart
        log
        titled
        label={w.chartTrace(w.traces[what], count(now?.step ?? 0), lanes.map((lane) => `${nameOf(now!, lane)} ${newest(lane)}`).join('; '))}
        x={w.trainingStep}
        data={data}
        series={[
          ...lanes.map((lane) => ({
            name: nameOf(now!, lane),
            ...strokeOf(now!, lane),
            width: what === 'norm' ? 1 : 2,
            dots: lane.loss.last < 3,
          })),
          ...(hasLine(limit) ? [{ name: what === 'norm' ? w.clipLine : w.guessing, colour: '--held-out', dashed: true, width: 1.5 }] : []),
        ]}
        format={scientific}
        table={what === 'loss' ? tableOf(now) : undefined}
      />
    </section>
  )
}

const hasLine = (limit: number | undefined): limit is number => limit !== undefined && Number.isFinite(limit) && limit > 0

/** Fifty steps at most, evenly spread: loss and norm of each network. */
function tableOf(now: Gradients | null) {
  const w = words.value
  const lanes = now?.lanes ?? []
  const steps = lanes.reduce<number[]>((longest, { loss }) => (loss.steps.length > longest.length ? loss.steps : longest), [])
  const every = Math.max(1, Math.ceil(steps.length / 50))
  const rows = steps.flatMap((step, i) =>
    i % every === 0 ? [[count(step), ...lanes.flatMap(({ loss, norm }) => [scientific(loss.smooth[i]), scientific(norm.losses[i])])]] : [],
  )
  return {
    head: [w.trainingStep, ...lanes.flatMap((lane) => [w.traces.loss, w.traces.norm].map((what) => `${nameOf(now!, lane)}: ${what.toLowerCase()}`))],
    rows: rows.reverse(),
  }
}
