// The chart, and who leads.
import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Chart, Swatch } from '../../parts/chart'
import { count, figure } from '../../parts/format'
import { Segments } from '../../parts/segments'
import { nameOf, strokeOf } from './names'
import { chartData, standing, type Axis, type Measure, type Place } from './standing'
import { race, type Race } from './store'
import { words } from './strings'

const axis = signal<Axis>('steps')
const shown = signal<Measure | 'both'>('both')

/** By what the racers are compared: what they have not read counts, where there is such a part. */
export const judged = (): Measure => (shown.value === 'training' ? 'training' : 'heldOut')

export const places = (now: Race) => standing(now, judged(), axis.value)

export function Board() {
  const w = words.value
  const now = race.value
  return (
    <section class="board" aria-labelledby="standing-title">
      <h2 id="standing-title">{w.standing}</h2>
      <div class="race-tools">
        <Segments titled label={w.compare} name="axis" value={axis.value} options={(['steps', 'time'] as Axis[]).map((value) => ({ value, label: w.axis[value] }))} onChange={(chosen) => (axis.value = chosen)} />
        <Segments titled label={w.measure} name="measure" value={shown.value} options={(['heldOut', 'training', 'both'] as const).map((value) => ({ value, label: w.measures[value] }))} onChange={(chosen) => (shown.value = chosen)} />
      </div>
      {now && <Standing now={now} />}
      <Curves now={now} />
    </section>
  )
}

function Standing({ now }: { now: Race }) {
  const w = words.value
  const { at, places: order } = places(now)
  const lanes = now.racers.map(({ lane }) => lane)
  const c = w.columns
  const blanks = now.settings.task === 'blanks'
  const cells = (place: Place): [key: string, label: string, value: string][] => [
    ['hidden', c.hidden, count(place.racer.size.hidden)],
    ['weights', c.weights, count(place.racer.size.parameters)],
    ['training', c.training, figure(place.training)],
    ['heldOut', c.heldOut, figure(place.heldOut)],
    ...(blanks ? [['accuracy', c.accuracy, place.racer.accuracy === null ? '–' : `${(place.racer.accuracy * 100).toFixed(1)} %`] as [string, string, string]] : []),
    ['speed', c.speed, place.charactersPerSecond === null ? '–' : count(place.charactersPerSecond)],
    ['time', c.time, `${place.seconds.toFixed(1)} s`],
    ['clipped', c.clipped, `${Math.round(place.clipped * 100)} %`],
  ]
  return (
    <table id="standing" class="standing">
      <caption>{axis.value === 'steps' ? w.atSteps(count(at)) : w.atTime(at.toFixed(1))}</caption>
      <thead>
        <tr>
          <th scope="col">{c.place}</th>
          <th scope="col">{c.name}</th>
          {cells(order[0]!).map(([key, label]) => (
            <th key={key} scope="col" data-column={key}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {order.map((place, i) => (
          <tr key={place.index} data-cell={place.racer.lane.cell} data-lane={place.index}>
            <td class="standing-place">{place.racer.out ? '–' : i + 1}</td>
            <th scope="row">
              <Swatch series={strokeOf(lanes, place.index)} />
              {nameOf(place.racer.lane)}
              {place.racer.out && (
                <span class="standing-out" title={place.racer.out.message}>
                  {w.out(count(place.racer.out.step))}
                </span>
              )}
            </th>
            {cells(place).map(([key, label, value]) => (
              <td key={key} data-column={key} data-label={label}>
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Curves({ now }: { now: Race | null }) {
  const w = words.value
  const measures: readonly Measure[] = shown.value === 'both' ? ['heldOut', 'training'] : [shown.value]
  const racers = now?.racers ?? []
  const lanes = racers.map(({ lane }) => lane)
  const data = useMemo(() => chartData(racers, measures, axis.value), [now, shown.value, axis.value])
  const { places: order } = now ? places(now) : { places: [] }
  const rows = useMemo(() => {
    const steps = [...new Set(racers.flatMap(({ curve }) => curve.heldOut.map(({ step }) => step)))].sort((a, b) => b - a)
    return steps.map((step) => [
      count(step),
      ...racers.flatMap(({ curve }) => {
        const point = curve.heldOut.find((one) => one.step === step)
        return [point?.training, point?.loss].map((loss) => figure(loss === undefined || Number.isNaN(loss) ? null : Math.exp(loss)))
      }),
    ])
  }, [now?.looks.length, w])
  return (
    <>
      <h3>{w.chartTitle}</h3>
      <Chart
        log
        label={w.chart(w.axis[axis.value], order.map(({ racer, heldOut, training }) => `${nameOf(racer.lane)}: ${figure(heldOut ?? training)}`).join('; '))}
        x={axis.value === 'steps' ? w.step : w.seconds}
        leastX={axis.value === 'steps' ? 20 : 4}
        data={data}
        series={measures.flatMap((measure) =>
          racers.map(({ lane }, i) => ({
            name: `${nameOf(lane)}${measures.length > 1 ? `, ${w.measures[measure].toLowerCase()}` : ''}`,
            ...strokeOf(lanes, i),
            ...(measure === 'training' && measures.length > 1 ? { width: 1, strength: 0.45, quiet: true } : { dots: measure === 'heldOut' }),
          })),
        )}
        format={(value) => figure(value)}
        table={{ head: [w.step, ...lanes.flatMap((lane) => [w.measures.training, w.measures.heldOut].map((measure) => `${nameOf(lane)}: ${measure.toLowerCase()}`))], rows }}
      />
    </>
  )
}
