// The standings and the chart of a race.
import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Chart } from '../../parts/chart'
import { count, figure, unitsOf } from '../../parts/format'
import { Scoreboard, type Entry } from '../../parts/scoreboard'
import { Segments } from '../../parts/segments'
import { nameOf, strokeOf } from './names'
import { sentenceOf } from './sentences'
import { chartData, standingsOf, type Axis, type Measure } from './standing'
import type { Race } from '../../shared/race/record'
import { race, runs } from './store'
import { words } from './strings'
import { factsOf, standingFacts } from './verdict'

const axis = signal<Axis>('steps')
const shown = signal<Measure | 'both'>('both')

/** The measure of the ranking: held-out loss, unless training is chosen. */
export const rankedBy = (): Measure => (shown.value === 'training' ? 'training' : 'heldOut')

export const rankingOf = (now: Race) => standingsOf(now, rankedBy(), axis.value)

export function Board() {
  const w = words.value
  const now = race.value
  return (
    <section class="board" aria-labelledby="standing-title">
      <h2 id="standing-title">{w.standing}</h2>
      <div class="race-tools">
        <Segments
          titled
          label={w.compare}
          name="axis"
          value={axis.value}
          options={(['steps', 'time'] as Axis[]).map((value) => ({ value, label: w.axis[value] }))}
          onChange={(chosen) => (axis.value = chosen)}
        />
        <Segments
          titled
          label={w.measure}
          name="measure"
          value={shown.value}
          options={(['heldOut', 'training', 'both'] as const).map((value) => ({ value, label: w.measures[value] }))}
          onChange={(chosen) => (shown.value = chosen)}
        />
      </div>
      {now && <Standing now={now} />}
      {now && <Verdict now={now} />}
      <Curves now={now} />
    </section>
  )
}

function Standing({ now }: { now: Race }) {
  const w = words.value
  const { at, ranking } = rankingOf(now)
  const lanes = now.racers.map(({ lane }) => lane)
  const c = w.columns
  const entries = ranking.map(({ racer, index, training, heldOut, charactersPerSecond, seconds, clipped }, i): Entry => ({
    index,
    cell: racer.lane.cell,
    stroke: strokeOf(lanes, index),
    name: nameOf(racer.lane),
    mark: racer.out ? '–' : String(i + 1),
    fault: racer.out ? w.out(count(racer.out.step)) : undefined,
    figures: {
      hidden: unitsOf(racer.size.hidden, racer.lane.both),
      weights: count(racer.size.parameters),
      training: figure(training),
      heldOut: figure(heldOut),
      accuracy: racer.accuracy === null ? '–' : `${(racer.accuracy * 100).toFixed(1)} %`,
      speed: charactersPerSecond === null ? '–' : count(charactersPerSecond),
      time: `${seconds.toFixed(1)} s`,
      clipped: `${Math.round(clipped * 100)} %`,
    },
  }))
  return (
    <Scoreboard
      id="standing"
      caption={axis.value === 'steps' ? w.atSteps(count(at)) : w.atTime(at.toFixed(1))}
      mark={c.rank}
      name={c.name}
      columns={[
        { key: 'hidden', label: c.hidden },
        { key: 'weights', label: c.weights },
        { key: 'training', label: c.training, strong: true },
        { key: 'heldOut', label: c.heldOut, strong: true },
        ...(now.settings.task !== 'write' ? [{ key: 'accuracy', label: c.accuracy }] : []),
        { key: 'speed', label: c.speed },
        { key: 'time', label: c.time },
        { key: 'clipped', label: c.clipped },
      ]}
      entries={entries}
    />
  )
}

/** What happened, and why: sentences of the race's own numbers. While it goes on nothing is decided, so they only say how it stands. */
function Verdict({ now }: { now: Race }) {
  const w = words.value
  const status = runs.status.value
  const isOver = runs.recording.value ? !runs.plays.value : status === 'finished'
  const goesOn = runs.recording.value ? runs.plays.value : status === 'running'
  const facts = factsOf(now, rankingOf(now).ranking, rankedBy())
  const said = goesOn ? standingFacts(facts) : facts
  return (
    <div id="verdict" class="race-verdict" aria-live="off">
      {said.length > 0 && (
        <p>
          <b>{isOver ? w.verdict : w.soFar(count(now.step))}</b> {said.map((fact) => sentenceOf(fact)).join(w.space)}
        </p>
      )}
    </div>
  )
}

function Curves({ now }: { now: Race | null }) {
  const w = words.value
  const measures: readonly Measure[] = shown.value === 'both' ? ['heldOut', 'training'] : [shown.value]
  const racers = now?.racers ?? []
  const lanes = racers.map(({ lane }) => lane)
  const data = useMemo(() => chartData(racers, measures, axis.value), [now, shown.value, axis.value])
  const { ranking } = now ? rankingOf(now) : { ranking: [] }
  const rows = useMemo(() => {
    const steps = [...new Set(racers.flatMap(({ curve }) => curve.heldOut.map(({ step }) => step)))].sort((a, b) => b - a)
    return steps.map((step) => [
      count(step),
      ...racers.flatMap(({ curve }) => {
        const point = curve.heldOut.find((one) => one.step === step)
        return [point?.training, point?.loss].map((loss) => figure(loss === undefined || Number.isNaN(loss) ? null : Math.exp(loss)))
      }),
    ])
  }, [now?.evaluations.length, w])
  return (
    <>
      <h3>{w.chartTitle}</h3>
      {measures.length > 1 && <p class="hint">{w.faint}</p>}
      <Chart
        log
        titled
        label={w.chart(w.axis[axis.value], ranking.map(({ racer, heldOut, training }) => `${nameOf(racer.lane)}: ${figure(heldOut ?? training)}`).join('; '))}
        x={axis.value === 'steps' ? w.step : w.seconds}
        leastX={axis.value === 'steps' ? 20 : 4}
        data={data}
        series={measures.flatMap((measure) =>
          racers.map(({ lane }, i) => ({
            name: `${nameOf(lane)}${measures.length > 1 ? `${w.comma}${w.measures[measure].toLowerCase()}` : ''}`,
            ...strokeOf(lanes, i),
            ...(measure === 'training' && measures.length > 1 ? { width: 1, strength: 0.45, quiet: true } : {}),
          })),
        )}
        format={(value) => figure(value)}
        table={{
          head: [w.step, ...lanes.flatMap((lane) => [w.measures.training, w.measures.heldOut].map((measure) => `${nameOf(lane)}: ${measure.toLowerCase()}`))],
          rows,
        }}
      />
    </>
  )
}
