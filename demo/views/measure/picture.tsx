// A measurement as a picture: for each shape a dot for every strategy, on a logarithmic scale. It is an SVG without styles of the page, so
// that it can be drawn into a PNG as it stands.
import { useRef } from 'preact/hooks'
import type { GpuMeasurement, MeasuredRow, WorkKind, WorkMeasurement } from 'sluice'
import { browserOf, columnOf, columnsOf, columnTitle, fastestOf, giga, kinds, short, valueOf } from './figures'
import { words } from './strings'

const [width, left, right, line, edge] = [860, 268, 72, 22, 20]
const ink = { paper: '#ffffff', text: '#18252a', muted: '#586669', line: '#dedacf' }

/** Families of strategies share a hue, with fewer rows paler; other engines are squares of their own colours. */
const colours: Readonly<Record<string, string>> = {
  'resident-16': '#4a3aa7',
  'resident-8': '#8a7bd6',
  'resident-4': '#c3baf0',
  'per-step-16': '#a34a00',
  'per-step-8': '#d9822b',
  'per-step-4': '#f0bd85',
  'fused-4': '#00505c',
  'fused-2': '#2a94a3',
  'fused-1': '#86ccd6',
  'tile-16': '#2f6b1f',
  'tile-8': '#6aa653',
  'tile-4': '#afd39f',
  'tfjs-webgpu': '#d0342c',
  'jax-webgpu': '#18252a',
}
const colourOf = (name: string) => colours[name] ?? '#888888'

export function Picture({ measurement, save }: { measurement: GpuMeasurement; save: (png: Blob) => void }) {
  const w = words.value
  const svg = useRef<SVGSVGElement>(null)
  const panels = kinds.flatMap((kind) => {
    const works = measurement.works.filter((work) => work.kind === kind && work.rows.some(({ ms }) => ms !== undefined))
    return works.length > 0 ? [{ kind, works }] : []
  })
  if (panels.length === 0) return null
  const columns = columnsOf(measurement)
  const legendRows = Math.ceil(columns.length / 6)
  let y = 78 + legendRows * 18
  const placed = panels.map((panel) => {
    const top = y
    y += 26 + panel.works.length * line + 34
    return { ...panel, top }
  })
  const { adapter, runtime, date, probe } = measurement
  const about = [browserOf(runtime), date.slice(0, 10), probe && `${giga(probe.productRate)} GFLOP/s, ${giga(probe.load)} GB/s`].filter(Boolean).join(' · ')
  return (
    <figure class="measure-picture">
      <figcaption class="label">{w.picture}</figcaption>
      {/* On a narrow screen it is wider than the page, and scrolls. */}
      <div class="measure-picture-box" tabIndex={0} role="group" aria-label={w.picture}>
        <svg
          ref={svg}
          xmlns="http://www.w3.org/2000/svg"
          viewBox={`0 0 ${width} ${y}`}
          width={width}
          height={y}
          role="img"
          aria-label={`${adapter.name}: ${w.picture}`}
          font-family="system-ui, sans-serif"
          font-size="12"
          fill={ink.text}
        >
          <rect width={width} height={y} fill={ink.paper} />
          <text x={edge} y="30" font-size="17" font-weight="600">
            {cut(`Sluice · ${adapter.name}`)}
          </text>
          <text x={edge} y="50" fill={ink.muted}>
            {about}
          </text>
          {columns.map((name, i) => (
            <g key={name} transform={`translate(${edge + (i % 6) * 138} ${72 + Math.floor(i / 6) * 18})`}>
              <Mark name={name} x={5} y={-4} own={name in colours && !name.endsWith('webgpu')} />
              <text x="16">{columnTitle(name)}</text>
            </g>
          ))}
          {placed.map((panel) => (
            <Panel key={panel.kind} {...panel} />
          ))}
        </svg>
      </div>
      <p>
        <button onClick={() => void png(svg.current!, width, y).then(save)}>{w.savePicture}</button>
      </p>
    </figure>
  )
}

const cut = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

function Mark({ name, x, y, own }: { name: string; x: number; y: number; own: boolean }) {
  return own ? <circle cx={x} cy={y} r="5" fill={colourOf(name)} /> : <rect x={x - 4.5} y={y - 4.5} width="9" height="9" fill={colourOf(name)} />
}

function Panel({ kind, works, top }: { kind: WorkKind; works: readonly WorkMeasurement[]; top: number }) {
  const w = words.value
  const { ticks, x } = scaleOf(works.flatMap((work) => work.rows.flatMap((row) => valueOf(work, row) ?? [])))
  const bottom = top + 22 + works.length * line
  return (
    <g>
      <text x={edge} y={top + 12} font-size="13" font-weight="600">
        {w.kinds[kind]}
      </text>
      {ticks.map((value) => (
        <g key={value}>
          <line x1={x(value)} x2={x(value)} y1={top + 20} y2={bottom} stroke={ink.line} />
          <text x={x(value)} y={bottom + 14} text-anchor="middle" font-size="11" fill={ink.muted}>
            {value < 1 ? String(value) : value.toLocaleString('en')}
          </text>
        </g>
      ))}
      {works.map((work, i) => (
        <WorkLine key={work.id} work={work} y={top + 22 + (i + 0.5) * line} x={x} />
      ))}
    </g>
  )
}

function WorkLine({ work, y, x }: { work: WorkMeasurement; y: number; x: (value: number) => number }) {
  const fastest = fastestOf(work)
  const dots = work.rows.flatMap((row: MeasuredRow) => {
    const value = valueOf(work, row)
    return value === undefined ? [] : [{ row, value, name: columnOf(row) }]
  })
  // The fastest lies on top.
  dots.sort((a, b) => Number(a.row === fastest) - Number(b.row === fastest))
  return (
    <g>
      <text x={left - 12} y={y + 4} text-anchor="end">
        {work.title}
      </text>
      <line x1={left} x2={width - right} y1={y} y2={y} stroke={ink.line} stroke-dasharray="2 3" />
      {dots.map(({ row, value, name }) => (
        <Mark key={name} name={name} x={x(value)} y={y} own={row.engine === 'sluice'} />
      ))}
      {fastest && (
        <text x={width - edge} y={y + 4} text-anchor="end" font-weight="600">
          {short(valueOf(work, fastest)!)}
        </text>
      )}
    </g>
  )
}

/** A logarithmic scale around all values, with ticks at 1, 2 and 5 of each power of ten, or at the powers alone if there are many. */
export function scaleOf(values: readonly number[]): { readonly ticks: readonly number[]; readonly x: (value: number) => number } {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const steps = [1, 2, 5]
  const all: number[] = []
  for (let power = Math.floor(Math.log10(least)) - 1; power <= Math.ceil(Math.log10(most)); power++)
    for (const step of steps) all.push(Number(`${step}e${power}`))
  const from = all.findLast((tick) => tick <= least * 0.98)!
  const to = all.find((tick) => tick >= most * 1.02) ?? most * 1.1
  const within = all.filter((tick) => tick >= from && tick <= to)
  const ticks = within.length > 9 ? within.filter((tick) => /^1/.test(tick.toExponential())) : within
  const x = (value: number) => left + (Math.log(value / from) / Math.log(to / from)) * (width - right - left)
  return { ticks, x }
}

/** The picture, drawn at twice its size. */
async function png(svg: SVGSVGElement, width: number, height: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: 2 * width, height: 2 * height })
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be drawn')))))
  } finally {
    URL.revokeObjectURL(url)
  }
}
