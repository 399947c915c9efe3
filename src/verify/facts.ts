// On what a report was made, and how it reads in Markdown: what a verification and a measurement begin with.
import type { StrategyName } from '../gpu/strategy'

/** An adapter, and where it was found. */
export interface AdapterFacts {
  /** As the browser names it. */
  readonly name: string
  readonly vendor: string
  readonly architecture: string
  readonly description: string
  /** Whether it is a program on the CPU. */
  readonly isSoftware: boolean
  /** Features of the device that Sluice opened. */
  readonly features: readonly string[]
  /** Its limits that matter to Sluice. */
  readonly limits: Readonly<Record<string, number>>
}

/** What a report of a GPU says of where and when it was made. */
export interface Facts {
  /** ISO 8601. */
  readonly date: string
  readonly adapter: AdapterFacts
  /** The browser or run time, as it names itself. */
  readonly runtime: string
  /** Another word for other kernels. */
  readonly kernels: string
  readonly strategies: readonly StrategyName[]
}

/** A text of somebody else's within a line of Markdown: no table ends in it, and no HTML begins. */
export const inline = (text: string): string => text.replace(/[|<]/g, '\\$&').replaceAll('\n', ' ')

/** Lines of a Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[], rules: readonly string[] = head.map(() => '---')): string[] =>
  [head, rules, ...rows].map((row) => `| ${row.map(inline).join(' | ')} |`)

/** The facts as lines of a Markdown table. */
export const factsTable = ({ adapter, runtime, strategies, kernels, date }: Facts): string[] =>
  table(
    ['', ''],
    [
      ['adapter', adapter.name],
      ['vendor, architecture', [adapter.vendor, adapter.architecture].filter(Boolean).join(', ') || '–'],
      ['kind', adapter.isSoftware ? 'a program on the CPU' : 'hardware'],
      ['browser', runtime],
      ['features', adapter.features.join(', ') || '–'],
      [
        'limits',
        Object.entries(adapter.limits)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      ],
      ['strategies', strategies.join(', ')],
      ['kernels', kernels],
      ['date', date],
    ],
  )
