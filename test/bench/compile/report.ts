// What was compiled: as a file, short enough to be committed, and as tables.
import type { PlanKind } from '../paper'
import { columns, worst, type Figures } from './figures'
import type { Listed, Variant } from './variants'

/** Figures in the order of `columns`, or why there are none. */
export type Cell = readonly (number | null)[] | string

export interface Compiled {
  readonly schema: 'sluice-compile 1'
  readonly date: string
  /** Of the catalogue that was compiled (variants.ts). */
  readonly digest: string
  /** Versions of the compilers. */
  readonly mesa: string
  readonly dawn: string
  /** Names and titles. */
  readonly families: Readonly<Record<string, string>>
  readonly columns: typeof columns
  /** `figures`: of each family, of each build. */
  readonly variants: readonly (Omit<Variant, 'builds'> & { readonly figures: Readonly<Record<string, readonly Cell[]>> })[]
  readonly plans: readonly Listed[]
}

type CompiledVariant = Compiled['variants'][number]

const figuresFrom = (cell: Cell): Figures[] =>
  typeof cell === 'string' ? [] : [Object.fromEntries(columns.map((name, i) => [name, cell[i] ?? null])) as unknown as Figures]

/** A line a variant, a line a plan, so that a change can be read. */
export function write({ variants, plans, ...rest }: Compiled): string {
  const lines = (all: readonly unknown[]) => `[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]`
  return `${JSON.stringify(rest).slice(0, -1)},\n"variants": ${lines(variants)},\n"plans": ${lines(plans)}\n}\n`
}

/** As Map.groupBy, which Node 20 has not. */
function groupBy<Item>(all: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of all) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const number = (n: number | null): string => (n === null ? '–' : String(n))
const kB = (n: number | null): string => (n === null ? '–' : n < 9950 ? (n / 1000).toFixed(1) : (n / 1000).toFixed(0))
/** registers / spills / scratch / kB of code */
const brief = ({ registers, spills, scratch, code }: Figures): string => [number(registers), number(spills), number(scratch), kB(code)].join(' / ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '--'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** What constants say, without those that say nothing. */
export const constantsOf = ({ constants }: Pick<Variant, 'constants'>): string =>
  Object.entries(constants)
    .filter(([name, value]) => value !== 0 || name === 'row_blocks')
    .map(([name, value]) => (value === 1 && !['row_blocks', 'phase'].includes(name) ? name : `${name} ${value}`))
    .join(', ')

const worstOf = (variants: Iterable<CompiledVariant>, family: string): string => {
  const cells = [...variants].flatMap(({ figures }) => figures[family] ?? [])
  const found = cells.flatMap(figuresFrom)
  const failed = cells.filter((cell) => typeof cell === 'string').length
  return `${found.length === 0 ? '–' : brief(worst(found))}${failed > 0 ? ` (${failed} failed)` : ''}`
}

/** «lstm-b32-t35-v28-h256»: the grid of cell by hidden size. */
const ofGrid = (subject: string): { cell: string; H: number } | null => {
  const found = /^([a-z-]+)-b32-t35-v28-h(\d+)$/.exec(subject)
  return found && !found[1]!.startsWith('bi-') ? { cell: found[1]!, H: Number(found[2]) } : null
}

const variantsOf = (compiled: Compiled, plans: readonly Listed[]): Set<CompiledVariant> =>
  new Set(plans.flatMap(({ dispatches }) => dispatches.map(([variant]) => compiled.variants[variant]!)))

/** Cell × H: the worst of each family over all kernels of all plans of a kind. */
export function worstTable(compiled: Compiled, kinds: readonly PlanKind[], plan?: string): string {
  const families = Object.entries(compiled.families)
  const groups = groupBy(
    compiled.plans.filter(({ subject, kind, plan: name }) => kinds.includes(kind) && ofGrid(subject) && (plan === undefined || name === plan)),
    ({ subject }) => subject,
  )
  return table(
    ['', ...families.map(([, title]) => title)],
    [...groups].map(([subject, plans]) => {
      const { cell, H } = ofGrid(subject)!
      const variants = variantsOf(compiled, plans)
      return [`${cell} ${H}`, ...families.map(([name]) => worstOf(variants, name))]
    }),
  )
}

/** Kernel by kernel: the worst of each family over all constants. */
export function kernelTable(compiled: Compiled): string {
  const families = Object.entries(compiled.families)
  const groups = groupBy(compiled.variants, ({ kernel }) => kernel)
  return table(
    ['kernel', 'sets of constants', ...families.map(([, title]) => title)],
    [...groups]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kernel, variants]) => [kernel, String(variants.length), ...families.map(([name]) => worstOf(variants, name))]),
  )
}

const isStep = (kernel: string, direction: string): boolean => kernel.startsWith('cell/') && kernel.includes(direction)

/** Dispatches of a training step, and workgroups of a step of its recurrence forward and backward, the fewest of a dispatch, by plan. */
export function workgroupTable(compiled: Compiled): string {
  const plans = compiled.plans.filter(({ subject, kind }) => kind === 'train' && ofGrid(subject))
  const names = [...new Set(plans.map(({ plan }) => plan))]
  const count = (workgroups: string) => workgroups.split('×').reduce((n, one) => n * Number(one), 1)
  return table(
    ['', ...names],
    [...groupBy(plans, ({ subject }) => subject)].map(([subject, each]) => {
      const { cell, H } = ofGrid(subject)!
      return [
        `${cell} ${H}`,
        ...names.map((name) => {
          const dispatches = each.find(({ plan }) => plan === name)?.dispatches
          if (!dispatches) return '–'
          const fewest = (direction: string) => {
            const found = dispatches.filter(([variant]) => isStep(compiled.variants[variant]!.kernel, direction)).map(([, workgroups]) => count(workgroups))
            return found.length > 0 ? Math.min(...found) : '–'
          }
          return `${dispatches.reduce((n, [, , times]) => n + times, 0)}: ${fewest('forward')}, ${fewest('backward')}`
        }),
      ]
    }),
  )
}

/** How many builds a family spills in, uses scratch in, or has more code for than 32 kB. */
export function summaryTable(compiled: Compiled): string {
  return table(
    ['', 'builds', 'that spill', 'with scratch', 'over 32 kB', 'failed', 'worst: registers / spills / scratch / kB'],
    Object.entries(compiled.families).map(([name, title]) => {
      const cells = compiled.variants.flatMap(({ figures }) => figures[name] ?? [])
      const found = cells.flatMap(figuresFrom)
      const times = (holds: (one: Figures) => boolean) => String(found.filter(holds).length)
      return [
        title,
        String(cells.length),
        times(({ spills }) => (spills ?? 0) > 0),
        times(({ scratch }) => (scratch ?? 0) > 0),
        times(({ code }) => (code ?? 0) > 32_000),
        String(cells.length - found.length),
        found.length > 0 ? brief(worst(found)) : '–',
      ]
    }),
  )
}

/** Each build of a family apart: for few. */
export function fullTable(compiled: Compiled): string {
  const families = Object.entries(compiled.families)
  const workgroups = (place: number): string => {
    const all = [...new Set(compiled.plans.flatMap(({ dispatches }) => dispatches.filter(([variant]) => variant === place).map(([, groups]) => groups)))]
    return all.length > 2 ? `${all[0]} to ${all.at(-1)}` : all.join(', ')
  }
  const rows = compiled.variants.flatMap((variant, place) => {
    const builds = Math.max(...Object.values(variant.figures).map(({ length }) => length))
    return Array.from({ length: builds }, (_, build) => [
      variant.kernel,
      constantsOf(variant),
      builds === 1 ? '' : ['no', 'yes'][build]!,
      workgroups(place),
      ...families.map(([name]) => {
        const cell = variant.figures[name]?.[build]
        const [one] = cell === undefined ? [] : figuresFrom(cell)
        return one
          ? [number(one.registers), number(one.spills), number(one.scratch), number(one.instructions), kB(one.code), number(one.occupancy)].join(' / ')
          : String(cell ?? '–')
      }),
    ])
  })
  return table(['kernel', 'constants', 'subgroups', 'workgroups', ...families.map(([, title]) => title)], rows)
}

/** What was compiled by the plan of GPUs before there were kernels made for them, and now by all plans: the worst of each. */
export function beforeTable(compiled: Compiled, before: Compiled): string {
  const families = Object.entries(compiled.families)
  const worstIn = (of: Compiled, subject: string, kind: PlanKind) => {
    const variants = variantsOf(
      of,
      of.plans.filter((plan) => plan.subject === subject && plan.kind === kind),
    )
    return families.map(([name]) => worstOf(variants, name))
  }
  const asked = [...groupBy(before.plans, ({ subject, kind }) => `${subject} ${kind}`).values()].map(([plan]) => plan!).filter(({ kind }) => kind !== 'predict')
  return table(
    ['', '', ...families.map(([, title]) => title)],
    asked.flatMap(({ subject, kind }) => {
      const { cell, H } = ofGrid(subject)!
      const title = `${cell} ${H}, ${kind === 'train' ? 'training' : 'writing'}`
      return [
        [title, 'before', ...worstIn(before, subject, kind)],
        ['', 'now', ...worstIn(compiled, subject, kind)],
      ]
    }),
  )
}

/** docs/compile.md; `before`: what was compiled before there were kernels made for GPUs. */
export function page(compiled: Compiled, before: Compiled): string {
  const { date, mesa, dawn, digest, families, variants } = compiled
  const builds = variants.reduce((n, { figures }) => n + (Object.values(figures)[0]?.length ?? 0), 0)
  return `# What GPU compilers make of the kernels

\`npm run bench:compile\` writes this page and test/bench/results/compile.json, which has every build. It compiles each kernel of each plan that hardware can be offered, with the constants that the engine gives it, with subgroups and without: ${variants.length} kernels with constants, ${builds} builds, for ${Object.keys(families).length} GPUs. Nothing runs: Mesa's compilers work for null devices, and Dawn sends them what it would send to hardware. They are the compilers of Linux: those of Windows and macOS, and NVIDIA's own, may do better or worse.

${date}, Mesa ${mesa}, Dawn of the npm package webgpu ${dawn}, kernels ${digest}.

Every group of figures is: registers / spills and fills / bytes of scratch memory / kB of code. Registers are those of an invocation (of Intel the most that are live in a wave); scratch is told of AMD and Intel for a wave, of the others for an invocation; of Adreno, which does not tell scratch, spills are accesses of private memory. The tables have the worst of all kernels in question; a dash is what a driver does not tell.

## In short

${summaryTable(compiled)}

## A training step, B32 T35 V28, by cell and hidden size: the worst of all plans

${worstTable(compiled, ['train'])}

## Before and now

Before: the plan split-4 of the kernels that were made for software adapters (test/bench/results/compile-before-2026-11-30.json). Now: the worst of all plans.

${beforeTable(compiled, before)}

## Prediction: the worst of all plans

${worstTable(compiled, ['predict'])}

## Writing

${worstTable(compiled, ['write'])}

## Dispatches of a training step, and workgroups of a dispatch of its steps, forward and backward

${workgroupTable(compiled)}

## By kernel: the worst of all constants

${kernelTable(compiled)}
`
}
