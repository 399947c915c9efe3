// The curve, drawn with uPlot, and the same in words and in a table for those who do not see it.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { Curve } from './curve'
import { create } from './dom'
import { count, perplexity } from './format'

const series = [
  { name: 'Training', variable: '--smooth', width: 2 },
  { name: 'Each step', variable: '--each-step', width: 1 },
  { name: 'Held out', variable: '--held-out', width: 2 },
] as const
/** Drawn in this order, so that the smoothed curve lies over the steps it smooths. */
const drawn = [series[1], series[0], series[2]]

export class Chart {
  readonly #figure = create('figure', 'chart')
  readonly #canvas = create('div', 'canvas')
  readonly #values = new Map<string, HTMLElement>()
  readonly #unit = create('select')
  readonly #log = create('input')
  readonly #rows = create('tbody')
  #plot: uPlot | null = null
  #curve = new Curve()
  #queued = false

  constructor(host: HTMLElement) {
    this.#unit.append(new Option('Perplexity', 'perplexity'), new Option('Loss (nats)', 'loss'))
    Object.assign(this.#log, { type: 'checkbox', checked: true })
    const legend = create('ul', 'legend')
    for (const { name } of series) {
      const value = create('b')
      this.#values.set(name, value)
      legend.append(create('li', name.toLowerCase().replace(' ', '-'), create('span', 'swatch'), `${name} `, value))
    }
    const tools = create('div', 'tools')
    tools.append(create('label', '', create('span', '', 'Show '), this.#unit), create('label', '', this.#log, create('span', '', ' log scale')))
    this.#canvas.setAttribute('role', 'img')
    const head = create('thead', '', create('tr', '', ...['Step', 'Training perplexity', 'Held-out perplexity'].map((name) => Object.assign(create('th', '', name), { scope: 'col' }))))
    const table = create('details', 'numbers', create('summary', '', 'The curve in numbers'), create('div', 'scroll', create('table', '', head, this.#rows)))
    this.#figure.append(create('figcaption', 'chart-head', legend, tools), this.#canvas, table)
    host.append(this.#figure)

    this.#unit.addEventListener('change', () => this.#rebuild())
    this.#log.addEventListener('change', () => this.#rebuild())
    // A canvas does not follow the colours of the style sheet by itself.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#rebuild())
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#canvas)
    this.#rebuild()
  }

  show(curve: Curve): void {
    if (curve !== this.#curve) this.#rows.replaceChildren()
    this.#curve = curve
    this.#draw()
  }

  /** A line of the table, the newest on top. */
  note(step: number, training: number, heldOut: number | null): void {
    const cells = [count(step), perplexity(Math.exp(training)), perplexity(heldOut)].map((text) => create('td', '', text))
    this.#rows.prepend(create('tr', '', ...cells))
    this.#canvas.setAttribute('aria-label', `Curve of the perplexity over the steps. At step ${count(step)}: training ${cells[1]!.textContent}, held out ${cells[2]!.textContent}.`)
  }

  #draw(): void {
    if (this.#queued) return
    this.#queued = true
    requestAnimationFrame(() => {
      this.#queued = false
      this.#plot?.setData(this.#data())
      this.#showValues(null)
    })
  }

  #data(): uPlot.AlignedData {
    const { steps, losses, smooth, heldOut } = this.#curve
    const shown = (loss: number) => (this.#unit.value === 'loss' ? loss : Math.exp(loss))
    if (steps.length === 0 && heldOut.length === 0) return [[], [], [], []]
    return uPlot.join([
      [steps, losses.map(shown), smooth.map(shown)],
      [heldOut.map(({ step }) => step), heldOut.map(({ loss }) => shown(loss))],
    ])
  }

  #size = () => ({ width: Math.max(200, this.#canvas.clientWidth), height: Math.max(160, this.#canvas.clientHeight) })

  #rebuild(): void {
    this.#plot?.destroy()
    const colour = (variable: string) => getComputedStyle(this.#figure).getPropertyValue(variable).trim()
    const axis: uPlot.Axis = {
      stroke: colour('--muted'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
    }
    const log = this.#log.checked
    this.#plot = new uPlot(
      {
        ...this.#size(),
        legend: { show: false }, // the page has one of its own
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: {
          x: { time: false, range: (_, __, max) => [0, Math.max(20, max ?? 0)] },
          y: log ? { distr: 3, range: (_, min, max) => [(min ?? 1) / 1.15, (max ?? 100) * 1.15] } : { range: (_, min, max) => [Math.max(0, (min ?? 1) * 0.9), (max ?? 100) * 1.05] },
        },
        axes: [
          { ...axis, space: 70, size: 34, gap: 8 },
          { ...axis, size: 48, gap: 8, ...(log && { splits: (_plot, _axis, min, max) => logSplits(min, max), filter: (_plot, splits) => splits }), values: (_plot, splits) => splits.map((v) => (v >= 1000 ? count(v) : String(Number(v.toPrecision(3))))) },
        ],
        series: [
          {},
          ...drawn.map(({ variable, width, name }) => ({
            stroke: colour(variable),
            width,
            spanGaps: true,
            points: name === 'Held out' ? { show: true, size: 6, fill: colour(variable) } : { show: false },
          })),
        ],
        hooks: { setCursor: [({ cursor }) => this.#showValues(cursor.idx ?? null)] },
      },
      this.#data(),
      this.#canvas,
    )
    this.#showValues(null)
  }

  /** The legend shows the values under the pointer, or the newest. */
  #showValues(index: number | null): void {
    const data = this.#plot?.data
    if (!data) return
    drawn.forEach(({ name }, s) => {
      const values = data[s + 1]!
      // Where only another curve has a point, the one before it stands.
      let i = index ?? values.length - 1
      while (i > 0 && values[i] == null) i--
      this.#values.get(name)!.textContent = perplexity(values[i])
    })
  }
}

/** 1, 2, 5, 10, 20, 50 …, and what lies between where those are too few. */
function logSplits(min: number, max: number): number[] {
  const fits = (steps: readonly number[]) => {
    const splits: number[] = []
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
      for (const step of steps) splits.push(Number((step * 10 ** power).toPrecision(3)))
    }
    return splits.filter((split) => split >= min && split <= max)
  }
  const coarse = fits([1, 2, 5])
  return coarse.length >= 3 ? coarse : fits([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9])
}
