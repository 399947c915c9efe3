// What a run of the bench leaves behind: the form of its JSON files.
import type { Probe, Row } from '../../src/measure/rows'
import type { Summary } from '../../src/measure/statistics'
import { kinds, placeOf, type Kind, type Work } from '../../src/measure/works'

export type { Measured, NotMeasured, Probe, ProductRates, ProductResult, Row } from '../../src/measure/rows'

export interface WorkResult {
  readonly id: string
  readonly kind: Kind
  readonly work: Work
  /** Of the matrix products of a step (works.ts). */
  readonly flops: number
  readonly rows: Readonly<Record<string, Row>>
}

export interface GrowthRow {
  readonly letter: 'T' | 'B' | 'H' | 'L'
  readonly work: Work
  readonly ms: Summary
  readonly flops: number
  readonly dispatches: number
}

export interface Results {
  readonly schema: 'sluice-bench 1'
  readonly date: string
  readonly adapter: string
  /** Browser or run time, processor, cores. */
  readonly host: Readonly<Record<string, string | number>>
  /** Titles of peers by name. */
  readonly peers: Readonly<Record<string, string>>
  readonly probe: Probe | null
  readonly works: readonly WorkResult[]
  readonly growth?: readonly GrowthRow[]
}

/** The order of works.ts, however the slices came. */
const inOrder = (a: WorkResult, b: WorkResult): number => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || placeOf(a.id) - placeOf(b.id)
const keyOf = ({ kind, id }: WorkResult): string => `${kind} ${id}`

/** All of `base`, and the rows of `added`, in place of those of the same work and peer. The header stays, so that a column
 * of another adapter, such as PyTorch's processor, can come in. */
export function merge(base: Results, added: Results): Results {
  const byKey = new Map(base.works.map((result) => [keyOf(result), result]))
  for (const result of added.works) {
    const known = byKey.get(keyOf(result))
    byKey.set(keyOf(result), { ...result, rows: { ...known?.rows, ...result.rows } })
  }
  return { ...base, peers: { ...base.peers, ...added.peers }, works: [...byKey.values()].sort(inOrder) }
}

/** What was found now, on top of what the same file had before. */
export function renew(old: Results, found: Results): Results {
  const { peers, works } = merge(old, found)
  const growth = found.growth ?? old.growth
  return { ...found, peers, works, probe: found.probe ?? old.probe, ...(growth && { growth }) }
}
