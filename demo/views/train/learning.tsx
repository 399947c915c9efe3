// The figures and the curve of the training, in the chosen unit.
import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type uPlot from 'uplot'
import { Chart } from '../../parts/chart'
import { joined } from '../../parts/joined'
import { count, duration, figure } from '../../parts/format'
import { Segments } from '../../parts/segments'
import type { Curve } from '../../shared/curve'
import { about, learning } from '../../session/training'
import { settings } from '../../session/settings'
import { words, type Unit } from './strings'

const units: Record<Unit, (loss: number) => number> = { perplexity: Math.exp, bits: (loss) => loss / Math.LN2, loss: (loss) => loss }
const unit = signal<Unit>('perplexity')
const log = signal(true)

export function Learning() {
  const w = words.value
  const { curve, step, progress: now } = learning.value
  const convert = units[unit.value]
  const heldOut = curve.heldOut.at(-1)
  const { best, byHeart } = curve
  const say = (loss: number | undefined) => figure(loss === undefined ? null : convert(loss), unit.value === 'perplexity' ? 2 : 3)
  const data = useMemo(() => join(curve, convert), [learning.value, unit.value])
  const token = `--${(about.value?.settings ?? settings.value).cell.split('-')[0]}`
  const rows = useMemo(
    () =>
      curve.heldOut
        .map(({ step, loss, training }) => [
          count(step),
          ...[training, loss].flatMap((value) => Object.values(units).map((to) => figure(Number.isNaN(value) ? null : to(value), 3))),
        ])
        .reverse(),
    [curve.heldOut.length, curve, w],
  )
  return (
    <section class="learning" aria-labelledby="learning-title">
      <h2 id="learning-title">{w.learning}</h2>
      <progress class="done" max={now?.totalSteps ?? 1} value={step} aria-label={w.done} />
      <dl class="figures">
        <Figure name="step" label={w.figures.step} value={step ? count(step) : '–'} note={now ? w.of(count(now.totalSteps)) : ''} />
        <Figure name="training" label={w.trainingIn(w.units[unit.value])} value={say(curve.last ? curve.smoothed : undefined)} strong />
        <Figure name="heldOut" label={w.heldOutIn(w.units[unit.value])} value={say(heldOut?.loss)} />
        <Figure name="speed" label={w.figures.speed} value={typeof now?.charsPerSecond === 'number' ? count(now.charsPerSecond) : '–'} />
        <Figure name="perStep" label={w.figures.perStep} value={typeof now?.secondsPerStep === 'number' ? `${figure(now.secondsPerStep * 1000, 1)} ms` : '–'} />
        <Figure name="left" label={w.figures.left} value={duration(now?.secondsLeft ?? NaN)} />
      </dl>
      <p class="hint">{w.unitAbout[unit.value]}</p>
      <div class="chart-tools">
        <Segments
          label={w.show}
          name="unit"
          value={unit.value}
          options={(Object.keys(units) as Unit[]).map((value) => ({ value, label: w.units[value] }))}
          onChange={(chosen) => (unit.value = chosen)}
        />
        <label class="check">
          <input type="checkbox" name="log" checked={log.value} onChange={(event) => (log.value = event.currentTarget.checked)} /> {w.log}
        </label>
      </div>
      <p id="best" class={byHeart ? 'learning-by-heart' : 'hint'} role="status">
        {best && (byHeart ? w.byHeart(say(best.loss), count(best.step), say(heldOut?.loss)) : w.bestAt(say(best.loss), count(best.step)))}
      </p>
      <Chart
        label={w.chart(w.units[unit.value], count(step), say(curve.last ? curve.smoothed : undefined), say(heldOut?.loss))}
        titled
        x={w.figures.step}
        log={log.value}
        data={data}
        series={[
          { name: w.eachStep, colour: token, strength: 0.28, width: 1 },
          { name: w.training, colour: token },
          { name: w.heldOut, colour: '--held-out', width: 1.5, dots: true },
          { name: w.best, colour: '--held-out', width: 4, dots: true, quiet: true },
        ]}
        format={(value) => figure(value, unit.value === 'perplexity' ? 2 : 3)}
        table={{
          head: [w.figures.step, ...[w.trainingIn, w.heldOutIn].flatMap((titled) => Object.values(w.units).map((name) => titled(name)))],
          rows,
        }}
      />
    </section>
  )
}

function Figure({ name, label, value, note = '', strong }: { name: string; label: string; value: string; note?: string; strong?: boolean }) {
  return (
    <div class={strong ? 'figure strong' : 'figure'} data-figure={name}>
      <dt class="label">{label}</dt>
      <dd>
        <span class="value">{value}</span> {note && <span class="note">{note}</span>}
      </dd>
    </div>
  )
}

function join({ steps, losses, smooth, heldOut, best }: Curve, convert: (loss: number) => number): uPlot.AlignedData {
  if (steps.length === 0 && heldOut.length === 0) return [[], [], [], [], []]
  return joined([
    [steps, losses.map(convert), smooth.map(convert)],
    [heldOut.map(({ step }) => step), heldOut.map(({ loss }) => convert(loss))],
    best ? [[best.step], [convert(best.loss)]] : [[], []],
  ])
}
