// A chart of curves over steps. A table has the same numbers, for those who do not see the chart. The library that draws it is loaded
// when there is something to draw.
import { useEffect, useRef, useState } from 'preact/hooks'
import type uPlot from 'uplot'
import { strings } from '../page/language'
import { colours } from '../page/theme'
import { count, figure } from './format'
import { mixed, sizeOf, type Series } from './stroke'
import './chart.css'

export type { Series } from './stroke'

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
  const hasPoints = data[0].length > 0
  const build = () => {
    if (!hasPoints) return
    let left = false
    void import('./plot').then(({ plotIn }) => {
      const element = host.current
      if (left || !element) return // the view was left before the next frame
      plot.current?.destroy()
      plot.current = plotIn(element, { series, log, leastX, title: titled ? x : null, unit, moved: (at) => setIndex(at ?? null) }, latest.current)
    })
    return () => {
      left = true
    }
  }
  // A canvas does not follow the colours of the style sheet.
  useEffect(build, [shape, hasPoints, colours.value])
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      // A drawing of other series waits for the library to be built anew.
      if (plot.current?.series.length === data.length) plot.current.setData(data)
    })
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

/** The value under the pointer, or the newest. If this series has no point there, its previous value. */
function valueAt(values: ArrayLike<number | null | undefined>, index: number | null, format: (value: number) => string): string {
  let i = index ?? values.length - 1
  while (i > 0 && values[i] == null) i--
  const value = values[i]
  return value == null ? '–' : format(value)
}
