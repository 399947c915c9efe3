// A chart of curves over steps, drawn with uPlot. A table has the same numbers, for those who do not see the chart.
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { strings } from '../page/language'
import { colours } from '../page/theme'
import { count, figure, powerOfTen } from './format'
import './chart.css'

export interface Series {
  readonly name: string
  /** The token of its colour, such as `--gru`. */
  readonly colour: string
  readonly width?: number
  /** The opacity of the colour, 0 to 1 (default: 1). */
  readonly strength?: number
  readonly dashed?: boolean
  readonly dotted?: boolean
  /** Marks each point, for curves with few points. */
  readonly dots?: boolean
  /** Leaves it out of the legend. */
  readonly quiet?: boolean
}

interface Props {
  /** A description with the newest values, for screen readers. */
  readonly label: string
  readonly series: readonly Series[]
  /** x, then y of each series; null for no value. */
  readonly data: uPlot.AlignedData
  readonly log?: boolean
  /** The name of the x axis, such as "Step". */
  readonly x: string
  /** Shows the name under the axis too. */
  readonly titled?: boolean
  /** Column heads and rows of the table, the newest first. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  readonly format?: (value: number) => string
  /** The unit after the numbers of the y axis, such as " %". */
  readonly unit?: string
  /** The lower limit of the x axis's end, so that the first points do not fill the width. */
  readonly leastX?: number
}

const words = strings({ numbers: 'The chart in numbers' }, { numbers: '图中的数字' })

export function Chart({ label, series, data, log = false, x, titled = false, table, format = (value) => figure(value), unit = '', leastX = 20 }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(data)
  latest.current = data
  const [index, setIndex] = useState<number | null>(null)

  const shape = JSON.stringify([series, log, leastX, titled && x, unit])
  const build = () => {
    const element = host.current
    if (!element) return // the view was left before the next frame
    plot.current?.destroy()
    plot.current = new uPlot(
      optionsFor(element, series, log, leastX, titled ? x : null, unit, (at) => setIndex(at ?? null)),
      latest.current,
      element,
    )
  }
  // A canvas does not follow the colours of the style sheet.
  useEffect(build, [shape, colours.value])
  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.setData(data))
    return () => cancelAnimationFrame(frame)
  }, [data])
  useEffect(() => {
    const element = host.current!
    const observer = new ResizeObserver(() => element.isConnected && plot.current?.setSize(sizeOf(element)))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [])

  return (
    <figure class="chart">
      <ul class="chart-legend" aria-hidden="true">
        {index !== null && (
          <li>
            {x} <b>{count(data[0][index] ?? 0)}</b>
          </li>
        )}
        {series.map(
          (one, s) =>
            !one.quiet && (
              <li key={one.name}>
                <Swatch series={one} />
                {one.name} <b>{valueAt(data[s + 1]!, index, format)}</b>
              </li>
            ),
        )}
      </ul>
      <div class="chart-canvas" ref={host} role="img" aria-label={label} />
      {table && (
        <details class="chart-numbers">
          <summary>{words.value.numbers}</summary>
          <div class="chart-scroll" tabIndex={0} role="region" aria-label={words.value.numbers}>
            <table>
              <thead>
                <tr>
                  {table.head.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row) => (
                  <tr key={row[0]}>
                    {row.map((cell, i) => (
                      <td key={i}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </figure>
  )
}

/** A sample of the curve's stroke. */
export function Swatch({
  series: { colour, strength = 1, dots, dashed, dotted },
}: {
  series: Pick<Series, 'colour' | 'strength' | 'dots' | 'dashed' | 'dotted'>
}) {
  const kind = dashed ? 'dashed' : dotted ? 'dotted' : dots ? 'dots' : ''
  return <span class={`chart-swatch ${kind}`} style={{ color: mixed(colour, strength) }} />
}

const mixed = (colour: string, strength = 1) => (strength === 1 ? `var(${colour})` : `color-mix(in oklab, var(${colour}) ${strength * 100}%, var(--paper))`)

/** The value under the pointer, or the newest. If this series has no point there, its previous value. */
function valueAt(values: ArrayLike<number | null | undefined>, index: number | null, format: (value: number) => string): string {
  let i = index ?? values.length - 1
  while (i > 0 && values[i] == null) i--
  const value = values[i]
  return value == null ? '–' : format(value)
}

const sizeOf = (host: HTMLElement) => ({ width: Math.max(200, host.clientWidth), height: Math.max(140, host.clientHeight) })

function optionsFor(
  host: HTMLElement,
  series: readonly Series[],
  log: boolean,
  leastX: number,
  title: string | null,
  unit: string,
  moved: (index: number | null | undefined) => void,
): uPlot.Options {
  const colour = resolver(host)
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    font: `12px ${getComputedStyle(host).fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const last = { x: -1 }
  return {
    ...sizeOf(host),
    legend: { show: false }, // the figure has its own legend
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, __, max) => [0, Math.max(leastX, max ?? 0)] },
      y: log
        ? { distr: 3, range: (_, min, max) => [(min || 1) / 1.15, (max || 100) * 1.15] }
        : { range: (_, min, max) => [Math.max(0, (min ?? 1) * 0.9), (max ?? 100) * 1.05] },
    },
    axes: [
      {
        ...axis,
        ...(title && { label: title, labelFont: axis.font!, labelSize: 20, labelGap: 2 }),
        grid: { show: false },
        space: 70,
        size: 30,
        gap: 8,
        values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? count(split) : '')),
      },
      {
        ...axis,
        size: (_, labels) => Math.max(46, ...(labels ?? []).map((label) => 12 + 7 * label.length)),
        gap: 8,
        ...(log && { splits: (_: uPlot, __: number, min: number, max: number) => logSplits(min, max), filter: (_: uPlot, splits: number[]) => splits }),
        values: (_, splits) => splits.map((split) => tick(split) + unit),
      },
    ],
    series: [
      {},
      ...series.map(({ colour: token, width = 2, strength = 1, dashed, dotted, dots }) => ({
        stroke: colour(token, strength),
        width,
        spanGaps: true,
        ...((dashed || dotted) && { dash: dashed ? [8, 5] : [2, 4] }),
        points: dots ? { show: true, size: 7, width: 1.5, fill: colour('--paper') } : { show: false },
      })),
    ],
    hooks: {
      setCursor: [
        ({ cursor }) => {
          if ((cursor.idx ?? -1) === last.x) return
          last.x = cursor.idx ?? -1
          moved(cursor.idx)
        },
      ],
    },
  }
}

const tick = (value: number) =>
  value >= 1e6
    ? powerOfTen(value)
    : value >= 1000
      ? count(value)
      : value !== 0 && Math.abs(value) < 0.001
        ? powerOfTen(value)
        : String(Number(value.toPrecision(3)))

/** Resolves a token to a computed colour of the present theme, for the canvas. */
function resolver(host: HTMLElement): (token: string, strength?: number) => string {
  return (token, strength) => {
    const probe = host.appendChild(document.createElement('i'))
    probe.style.color = mixed(token, strength)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}

/** 1, 2, 5, 10, 20, 50 …; more in between if those are too few, only powers of ten if they are too many. */
function logSplits(min: number, max: number): number[] {
  const fits = (steps: readonly number[]) => {
    const splits: number[] = []
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
      for (const step of steps) splits.push(Number((step * 10 ** power).toPrecision(3)))
    }
    return splits.filter((split) => split >= min && split <= max)
  }
  const tens = fits([1])
  if (tens.length > 3) return tens.filter((_, i) => i % Math.ceil(tens.length / 6) === 0)
  const coarse = fits([1, 2, 5])
  return coarse.length >= 3 ? coarse : fits([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9])
}
