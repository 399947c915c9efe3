// Results as tables of plain text.
import { isSluice, peerNames, sluiceNames } from './options'
import { isHeld } from '../../src/measure/probe/products'
import type { Probe, Results, Row, WorkResult } from './results'
import { titleOf, type Kind } from '../../src/measure/works'

export const headings: Readonly<Record<Kind, string>> = {
  train: 'training step (forward, backward, clipping where the peer has it, Adam; loss read back), median ms',
  forward: 'forward (one-hot input or ids in, logits of every step back), median ms',
  generate: 'writing at batch 1, always the likeliest, characters a second',
}

/** Three significant figures, and all before the point; without an exponent. */
export const figure = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toLocaleString('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })

/** How rows of cells become lines: as plain text or as Markdown. */
export type Render = (rows: readonly (readonly string[])[]) => string

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => [...(row[c] ?? '')].length)))
  const pad = (cell: string, c: number) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

export const markdown: Render = ([head, ...rows]) => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head!), `|${head!.map((_, c) => (c === 0 ? '---|' : '--:|')).join('')}`, ...rows.map(line)].join('\n')
}

const charactersPerSecond = ({ work }: WorkResult, ms: number) => (work.T / ms) * 1000

/** How many times as long as Sluice a row takes, Sluice in the same run where there was one, or undefined. */
export function ratio(result: WorkResult, name: string): number | undefined {
  const [row, sluice] = [result.rows[name], result.rows['sluice']]
  return row?.status === 'measured' && sluice?.status === 'measured' ? row.median / (row.beside ?? sluice.median) : undefined
}

function cell(result: WorkResult, name: string): string {
  const row = result.rows[name]
  if (!row) return ''
  if (row.status === 'wrong') return 'wrong loss'
  if (row.status === 'failed') return 'failed'
  if (row.status !== 'measured') return '–'
  const shown = figure(result.kind === 'generate' ? charactersPerSecond(result, row.median) : row.median)
  const times = ratio(result, name)
  // Fewer than three samples are no median.
  const few = row.runs < 3 ? ` (${row.runs})` : ''
  return name === 'sluice' || times === undefined ? shown + few : `${shown} ×${figure(times)}${few}`
}

/** Sluice in all its forms, the others in the order of the options, and what came from elsewhere. */
export function peersOf(results: Results): string[] {
  const order: readonly string[] = [...sluiceNames, ...peerNames]
  const place = (name: string) => order.indexOf(name) >>> 0
  return Object.keys(results.peers)
    .filter((name) => results.works.some(({ rows }) => rows[name]))
    .sort((a, b) => place(a) - place(b))
}

/** All peers on all works of one kind. */
export function comparison(results: Results, kind: Kind, render: Render = columns): string {
  const works = results.works.filter((result) => result.kind === kind)
  const names = peersOf(results)
  return render([['', ...names], ...works.map((result) => [titleOf(result.work), ...names.map((name) => cell(result, name))])])
}

const mib = (bytes: number) => figure(bytes / 2 ** 20)

/** What the probe found of the best products, the best that hold no matrix among them; null where the adapter was not probed. */
function probedRates(probe: Results['probe']): { best: number; tiles: number | null } | null {
  const tiles = probe?.products.flatMap(({ rates }) => Object.entries(rates).flatMap(([name, rate]) => (isHeld(name) ? [] : [rate]))) ?? []
  return probe && { best: probe.productRate, tiles: tiles.length > 0 ? Math.max(...tiles) : null }
}

/** Sluice in detail, by default and otherwise: spread, plan, counts, memory, and multiples of the floor. */
export function detail(results: Results, kind: Kind, render: Render = columns): string {
  const sluices = peersOf(results).filter(isSluice)
  const pairs = results.works.flatMap((result) => (result.kind === kind ? sluices.map((name) => ({ result, name })) : []))
  const rows = pairs.flatMap(({ result, name }) => {
    const row = result.rows[name]
    if (row?.status !== 'measured') return []
    const title = titleOf(result.work)
    // In the same turns, where the file has it.
    const rates = row.productRates ?? probedRates(results.probe)
    const floor = (rate: number | null | undefined) => (rate ? (result.flops / rate) * 1000 : null)
    const [products, tiles] = [floor(rates?.best), floor(rates?.tiles)]
    const dispatches = results.probe && row.dispatches * results.probe.dependentDispatch
    return [
      [
        name === 'sluice' ? title : `${title}, ${name.slice('sluice-'.length)}`,
        figure(row.median),
        figure(row.min),
        figure(row.max),
        figure(row.mad),
        String(row.runs),
        row.strategy ?? '–',
        String(row.dispatches),
        String(row.submits),
        row.bytes === null ? '–' : mib(row.bytes),
        figure(result.flops / 1e9),
        figure(result.flops / row.median / 1e6),
        products === null ? '–' : figure(products),
        products === null ? '–' : figure(row.median / products),
        tiles === null ? '–' : figure(row.median / tiles),
        dispatches === null ? '–' : figure(dispatches),
      ],
    ]
  })
  return render([
    [
      '',
      'ms',
      'min',
      'max',
      'MAD',
      'runs',
      'strategy',
      'dispatches',
      'submits',
      'MiB',
      'GFLOP',
      'GFLOP/s',
      'floor ms',
      '× floor',
      '× of tiles',
      'ms of dispatches',
    ],
    ...rows,
  ])
}

/** What the peers ask of WebGPU for one step: dispatches / submits / MiB. */
export function counts(results: Results, kind: Kind): string {
  const works = results.works.filter((result) => result.kind === kind)
  const uses = (row: Row | undefined) => row?.status === 'measured' && row.dispatches > 0
  const names = peersOf(results).filter((name) => works.some(({ rows }) => uses(rows[name])))
  const of = (row: Row | undefined) =>
    row?.status === 'measured' && uses(row) ? `${row.dispatches}/${row.submits}/${row.bytes === null ? '–' : mib(row.bytes)}` : ''
  return columns([['', ...names], ...works.map(({ work, rows }) => [titleOf(work), ...names.map((name) => of(rows[name]))])])
}

/** Why cells of the tables are empty, each reason once. */
export function reasons(results: Results): string[] {
  const all = results.works.flatMap(({ kind, work, rows }) =>
    Object.entries(rows).flatMap(([name, row]) =>
      row.status === 'measured' ? [] : [row.status === 'not offered' ? row.why : `${name}, ${kind} ${titleOf(work)}: ${row.status}: ${row.why}`],
    ),
  )
  return [...new Set(all)]
}

const giga = (rate: number) => figure(rate / 1e9)

export function probeTable(probe: Probe): string {
  const products = probe.products.map(({ M, K, N, best, rates }) => [`${M}×${K}×${N}`, giga(rates[best]!), best])
  return [
    columns([['product', 'GFLOP/s', 'best tiling'], ...products]),
    `best product ${giga(probe.productRate)} GFLOP/s; multiply-adds in registers ${giga(probe.peakRate)} GFLOP/s`,
    `loads ${giga(probe.load)} GB/s, from a cache ${giga(probe.cachedLoad)}; copies ${giga(probe.copy)} GB/s`,
    `dispatch: dependent ${figure(probe.dependentDispatch * 1000)} µs, independent ${figure(probe.independentDispatch * 1000)} µs; submit of its own ${figure(probe.submit * 1000)} µs; submit to readback ${figure(probe.roundTrip)} ms`,
  ].join('\n')
}

/** How the cost of a step grows: each row against the one before it, and what each is made of: the arithmetic at the best
 * product rate, the launches, and all else. */
export function growthTable({ growth = [], probe }: Pick<Results, 'growth' | 'probe'>, render: Render = columns): string {
  const lines = growth.map((row, i) => {
    const before = growth[i - 1]?.letter === row.letter ? growth[i - 1] : undefined
    const products = probe ? (row.flops / probe.productRate) * 1000 : 0
    const launches = probe ? row.dispatches * probe.dependentDispatch : 0
    return [
      row.letter,
      titleOf(row.work),
      figure(row.ms.median),
      figure(row.ms.mad),
      figure(row.flops / row.ms.median / 1e6),
      before ? `×${figure(row.ms.median / before.ms.median)}` : '',
      before ? `×${figure(row.flops / before.flops)}` : '',
      ...(probe ? [products, launches, row.ms.median - products - launches].map(figure) : ['–', '–', '–']),
    ]
  })
  return render([['', 'doubled each time', 'ms', 'MAD', 'GFLOP/s', 'time', 'arithmetic', 'floor ms', 'ms of dispatches', 'other ms'], ...lines])
}

/** The part of docs/performance.md that shows the latest results: `npm run bench -- readme` writes it between these lines. */
export const resultsMarks = ['<!-- bench: written by `npm run bench -- readme` -->', '<!-- end of bench -->'] as const
/** The same for the one table of the front pages. */
export const summaryMarks = ['<!-- bench summary: written by `npm run bench -- readme` -->', '<!-- end of bench summary -->'] as const

/** `page` with `text` between its marks. @throws Error where the marks are missing. */
function between(page: string, marks: readonly [string, string], text: string): string {
  const [begin, end] = marks.map((mark) => page.indexOf(mark)) as [number, number]
  if (begin < 0 || end < begin) throw new Error(`the page has no ${marks.join(' … ')} to write the results between`)
  return `${page.slice(0, begin)}${marks[0]}\n\n${text}\n\n${page.slice(end)}`
}

/** Training steps: Sluice in ms, the peers that train in multiples of it; and what it was measured on. */
export function summary(results: Results): string {
  const works = results.works.filter(({ kind }) => kind === 'train')
  const names = peersOf(results).filter((name) => name === 'sluice' || (!isSluice(name) && works.some((work) => ratio(work, name) !== undefined)))
  const shown = (result: WorkResult, name: string) => {
    const row = result.rows[name]
    if (row?.status !== 'measured') return '–'
    return name === 'sluice' ? figure(row.median) : `×${figure(ratio(result, name)!)}`
  }
  const rows = works.map((result) => [titleOf(result.work), ...names.map((name) => shown(result, name))])
  const { adapter, host, date, peers } = results
  return `${markdown([['', ...names], ...rows])}\n\n(${[adapter, ...Object.values(host), ...new Set(names.map((name) => peers[name])), date].join('; ')})`
}

/** A front page with the summary in it. @throws Error where its marks are missing. */
export const withSummary = (page: string, results: Results): string => between(page, summaryMarks, summary(results))

/** docs/performance.md with the results in it. @param picture path of the picture, from that page
 * @throws Error where its marks are missing. */
export function withResults(page: string, results: Results, picture: string): string {
  const { adapter, host, date, probe, growth } = results
  const parts = [`![Times as long as Sluice, by peer and work](${picture})`]
  for (const kind of Object.keys(headings) as Kind[]) {
    if (!results.works.some((result) => result.kind === kind)) continue
    parts.push(`**${capital(headings[kind])}**; × times as long as Sluice:`, comparison(results, kind, markdown))
    if (kind === 'train')
      parts.push(
        'Sluice’s training steps in detail; the floor is the arithmetic of the matrix products at the rate that the best of all products that the probe tried has between the same turns; beside it what it is of the same with the best of the tiles, which hold no matrix:',
        detail(results, kind, markdown),
      )
  }
  if (growth) parts.push('**How a training step grows**, one letter doubled four times:', growthTable(results, markdown))
  const tiles = probedRates(probe)?.tiles ?? null
  const rates = probe
    ? ` Best product ${giga(probe.productRate)} GFLOP/s${tiles === null ? '' : `, in tiles ${giga(tiles)}`}, multiply-adds in registers ${giga(probe.peakRate)}; a dependent dispatch ${figure(probe.dependentDispatch * 1000)} µs.`
    : ''
  parts.push(
    `(${adapter}; ${Object.values(host).join(', ')}; ${Object.values(results.peers)
      .filter((title, i, all) => all.indexOf(title) === i)
      .join(', ')}; ${date}.${rates})`,
  )
  return between(page, resultsMarks, parts.join('\n\n'))
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

/** Everything a run has to say. */
export function report(results: Results): string {
  const parts = [`${results.adapter}; ${Object.values(results.host).join(', ')}; ${results.date}`]
  if (results.probe) parts.push(probeTable(results.probe))
  for (const kind of Object.keys(headings) as Kind[]) {
    if (!results.works.some((result) => result.kind === kind)) continue
    parts.push(
      `${headings[kind]}; × times as long as Sluice\n${comparison(results, kind)}`,
      `Sluice; the floor is the arithmetic of the matrix products at the rate of the probe's best, between the same turns\n${detail(results, kind)}`,
      `dispatches / submits / MiB of a step\n${counts(results, kind)}`,
    )
  }
  const why = reasons(results)
  if (why.length > 0) parts.push(why.join('\n'))
  if (results.growth) parts.push(growthTable(results))
  return parts.join('\n\n')
}
