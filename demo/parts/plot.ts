// Draws a chart with uPlot; a module of its own, so that the page loads the library when there is a chart.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { count, powerOfTen } from './format'
import { mixed, sizeOf, type Series } from './stroke'

interface Look {
  readonly series: readonly Series[]
  readonly log: boolean
  readonly leastX: number
  readonly title: string | null
  readonly unit: string
  /** Called with the index that is pointed at. */
  readonly moved: (index: number | null | undefined) => void
}

/** Draws a chart into an element. */
export const plotIn = (host: HTMLElement, look: Look, data: uPlot.AlignedData): uPlot => new uPlot(optionsFor(host, look), data, host)

function optionsFor(host: HTMLElement, { series, log, leastX, title, unit, moved }: Look): uPlot.Options {
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
        size: (_, labels) => Math.max(46, ...(labels ?? []).map((label) => 20 + 7 * label.length)),
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
