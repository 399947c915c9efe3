// What a measurement found, and the same as Markdown for an issue.
import { checkObject, readSafely, SluiceError } from '../errors'
import { strategyNames, type StrategyName } from '../gpu/strategy'
import { factsTable, inline, table, type Facts } from '../verify/facts'
import type { Probe } from './rows'
import type { Kind } from './works'

/** One strategy of Sluice, or one other engine, on one work. */
export interface MeasuredRow {
  /** `sluice`, or the name of a peer. */
  readonly engine: string
  /** Null for another engine. */
  readonly strategy: StrategyName | null
  /** `wrong`: the results were not those of Sluice's first strategy. `no time`: the time was up. */
  readonly status: 'measured' | 'wrong' | 'failed' | 'not offered' | 'no time'
  /** Why it was not measured. */
  readonly why?: string
  /** Milliseconds of a step: the median, the least and the most of `runs`. */
  readonly ms?: number
  readonly min?: number
  readonly max?: number
  readonly runs?: number
  /** Milliseconds of the first step, which may compile. */
  readonly first?: number
}

/** What was measured of one work. */
export interface WorkMeasurement {
  /** A training step (forward, backward, clipping, Adam, the loss read back), a forward run (the logits read back), or writing at batch 1. */
  readonly kind: Kind
  /** `lstm-b32-t32-v64-h128`. */
  readonly id: string
  /** The same for people. */
  readonly title: string
  /** Floating point operations of the matrix products of a step. */
  readonly flops: number
  /** Steps T; of writing, the characters that a step writes. */
  readonly length: number
  readonly rows: readonly MeasuredRow[]
}

/** What was measured on a GPU. */
export interface GpuMeasurement extends Facts {
  /** Of this format. */
  readonly version: 1
  /** The other engines, with their versions, by name. */
  readonly peers: Readonly<Record<string, string>>
  /** Whether only the smaller shapes were measured, as on a software adapter. */
  readonly isShort: boolean
  /** Seconds after which nothing new began. */
  readonly seconds: number
  /** What the adapter can do at best; null if it was not asked. */
  readonly probe: Probe | null
  readonly works: readonly WorkMeasurement[]
  /** Milliseconds in all. */
  readonly ms: number
}

export const kindTitles: Readonly<Record<Kind, string>> = {
  train: 'Training step, ms',
  forward: 'Forward, ms',
  generate: 'Sampling at batch 1, characters a second',
}

/** Three significant figures, and all before the point. */
export const figure = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

const giga = (rate: number): string => figure(rate / 1e9)

/** What a row says in its unit: milliseconds, or characters a second; undefined if it was not measured. */
const valueOf = ({ kind, length }: WorkMeasurement, { ms }: MeasuredRow): number | undefined =>
  ms === undefined ? undefined : kind === 'generate' ? (length / ms) * 1000 : ms

/** The fastest strategy of Sluice on a work. */
export function fastestOf({ rows }: WorkMeasurement): MeasuredRow | undefined {
  const own = rows.filter(({ engine, ms }) => engine === 'sluice' && ms !== undefined)
  return own.reduce<MeasuredRow | undefined>((best, row) => (best && best.ms! <= row.ms! ? best : row), undefined)
}

/** A measurement as Markdown, to paste into an issue: tables by kind of work, then what the adapter can do at best.
 * @throws SluiceError `bad-value` for what is no measurement. */
export function formatMeasurement(measurement: GpuMeasurement): string {
  checkObject('measurement', measurement, '(await measureGpu(gpu))')
  return readSafely('measurement', measurement, () => {
    check(measurement)
    return format(measurement)
  })
}

function format(measurement: GpuMeasurement): string {
  const { adapter, works, peers, probe, isShort, ms, seconds } = measurement
  const all = works.flatMap(({ rows }) => rows)
  const count = (wanted: MeasuredRow['status']) => all.filter(({ status }) => status === wanted).length
  const late = count('no time')
  const notes = [
    isShort && 'A software adapter: the smaller shapes alone.',
    late > 0 && `${late} of ${all.length} rows had no time (marked …): give it more than ${seconds} seconds.`,
    count('wrong') > 0 && `${count('wrong')} rows gave wrong results.`,
  ].filter(Boolean)
  const wrong = works.flatMap((work) => work.rows.filter(({ status }) => status === 'wrong' || status === 'failed').map((row) => ({ work, row })))
  return [
    `### Sluice’s speed on ${inline(adapter.name)}`,
    '',
    `**${count('measured')} rows measured** in ${(ms / 1000).toFixed(0)} s. ${notes.join(' ')}`.trimEnd(),
    '',
    ...(['train', 'forward', 'generate'] as const).flatMap((kind) => kindTable(measurement, kind)),
    ...(probe ? [...probeLines(probe), ''] : []),
    ...(wrong.length > 0
      ? [
          ...table(
            ['work', 'engine', 'result', 'why'],
            wrong.map(({ work, row }) => [work.title, row.strategy ?? row.engine, row.status, row.why ?? '']),
          ),
          '',
        ]
      : []),
    ...(Object.keys(peers).length > 0 ? [`Beside: ${inline([...new Set(Object.values(peers))].join(', '))}.`, ''] : []),
    '<details><summary>Where and when</summary>',
    '',
    ...factsTable(measurement),
    '',
    '</details>',
    '',
  ].join('\n')
}

function kindTable({ works, strategies, peers }: GpuMeasurement, kind: Kind): string[] {
  const mine = works.filter((work) => work.kind === kind)
  if (mine.length === 0) return []
  const others = Object.keys(peers)
  const cellOf = (work: WorkMeasurement, row: MeasuredRow | undefined): string => {
    const value = row && valueOf(work, row)
    if (value !== undefined) return row === fastestOf(work) ? `**${figure(value)}**` : figure(value)
    return row?.status === 'no time' ? '…' : row?.status === 'not offered' || !row ? '–' : row.status
  }
  const columns = [...strategies, ...others]
  return [
    `#### ${kindTitles[kind]}`,
    '',
    ...table(
      ['shape', ...columns, 'GFLOP/s'],
      mine.map((work) => {
        const best = fastestOf(work)
        const row = (name: string) => work.rows.find(({ engine, strategy }) => (strategy ?? engine) === name)
        return [work.title, ...columns.map((name) => cellOf(work, row(name))), best ? figure(work.flops / best.ms! / 1e6) : '–']
      }),
      ['---', ...columns.map(() => '--:'), '--:'],
    ),
    '',
  ]
}

const probeLines = (probe: Probe): string[] => {
  const best = probe.products.find(({ best, rates }) => rates[best] === probe.productRate)?.best
  return [
    '#### What the adapter can do at best',
    '',
    ...table(
      ['', ''],
      [
        ['matrix product', `${giga(probe.productRate)} GFLOP/s${best ? ` (${best})` : ''}`],
        ['multiply-adds in registers', `${giga(probe.peakRate)} GFLOP/s`],
        ['loads, from a cache, copies', `${giga(probe.load)}, ${giga(probe.cachedLoad)}, ${giga(probe.copy)} GB/s`],
        ['a dispatch: dependent, independent', `${figure(probe.dependentDispatch * 1000)}, ${figure(probe.independentDispatch * 1000)} µs`],
        ['a submit; submit to readback', `${figure(probe.submit * 1000)} µs; ${figure(probe.roundTrip)} ms`],
      ],
    ),
  ]
}

/** What must be there for a file of someone else's to be read as a measurement. @throws SluiceError `bad-value` */
function check(given: GpuMeasurement): void {
  const refuse = (what: string) => new SluiceError('bad-value', `measurement has no ${what}: pass what measureGpu() gives, or its JSON parsed`)
  const need = (what: string, holds: boolean) => {
    if (!holds) throw refuse(what)
  }
  const isText = (value: unknown) => typeof value === 'string'
  const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
  const isAmount = (value: unknown) => isNumber(value) && (value as number) > 0
  const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
  const { adapter, works, peers, probe, strategies } = given
  need('version 1', given.version === 1)
  need('date', isText(given.date) && isNumber(Date.parse(given.date)))
  need('runtime, kernels', isText(given.runtime) && isText(given.kernels))
  need('adapter', isRecord(adapter) && [adapter.name, adapter.vendor, adapter.architecture, adapter.description].every(isText))
  need('adapter', typeof adapter.isSoftware === 'boolean' && Array.isArray(adapter.features) && adapter.features.every(isText))
  need('adapter.limits', isRecord(adapter.limits) && Object.values(adapter.limits).every(isNumber))
  need('strategies', Array.isArray(strategies) && strategies.every((name) => strategyNames.includes(name)))
  need('peers', isRecord(peers) && Object.values(peers).every(isText))
  need('seconds, ms', isNumber(given.seconds) && isNumber(given.ms) && typeof given.isShort === 'boolean')
  if (probe !== null) {
    need('probe', isRecord(probe) && Array.isArray(probe.products))
    const { productRate, peakRate, load, cachedLoad, copy, dependentDispatch, independentDispatch, submit, roundTrip } = probe
    need('probe', [productRate, peakRate, load, cachedLoad, copy, dependentDispatch, independentDispatch, submit, roundTrip].every(isNumber))
    need(
      'probe.products',
      probe.products.every((one) => isRecord(one) && isText(one.best) && isRecord(one.rates) && Object.values(one.rates).every(isNumber)),
    )
  }
  need('works', Array.isArray(works) && works.every((work) => isRecord(work) && Array.isArray(work.rows)))
  for (const { kind, id, title, flops, length, rows } of works) {
    need('work', Object.hasOwn(kindTitles, kind) && isText(id) && isText(title) && isAmount(flops) && isAmount(length))
    for (const row of rows) {
      need('row', isRecord(row) && isText(row.engine) && (row.strategy === null || strategyNames.includes(row.strategy)))
      need('row', ['measured', 'wrong', 'failed', 'not offered', 'no time'].includes(row.status) && (row.why === undefined || isText(row.why)))
      const times = [row.ms, row.min, row.max, row.runs, row.first]
      need('row', row.status === 'measured' ? times.every(isAmount) : times.every((value) => value === undefined))
    }
  }
}
