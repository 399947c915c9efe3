// What a run of the bench leaves behind: the form of its JSON files.
import type { Summary } from './statistics'
import { kinds, placeOf, type Kind, type Work } from './works'

/** Floating point operations a second of the probe's best product of all, and of the best in tiles, which hold no matrix. */
export interface ProductRates {
  readonly best: number
  readonly tiles: number
}

/** Milliseconds of a step, and what it asks for. */
export interface Measured extends Summary {
  readonly status: 'measured'
  /** The first step, in ms: it compiles. */
  readonly first: number
  /** WebGPU dispatches and submits of a step, 0 for peers that use none. */
  readonly dispatches: number
  readonly submits: number
  /** Most bytes on the GPU at a time, null where it cannot be known. */
  readonly bytes: number | null
  /** Sluice's plan of a training, the one it chose or was told; files of earlier versions lack it. */
  readonly strategy?: string
  /** Sluice's median in the same run: what this one is compared with. */
  readonly beside?: number
  /** Medians of what the probe's best products reached in the same turns; where the adapter was probed, of Sluice alone. */
  readonly productRates?: ProductRates
  /** Losses of the first training steps. */
  readonly losses?: readonly number[]
}

export interface NotMeasured {
  readonly status: 'not offered' | 'wrong' | 'failed'
  readonly why: string
}

/** One peer on one work. */
export type Row = Measured | NotMeasured

export interface WorkResult {
  readonly id: string
  readonly kind: Kind
  readonly work: Work
  /** Of the matrix products of a step (works.ts). */
  readonly flops: number
  readonly rows: Readonly<Record<string, Row>>
}

export interface ProductResult {
  /** [M, K] · [K, N]. */
  readonly M: number
  readonly K: number
  readonly N: number
  readonly best: string
  /** Floating point operations a second by tiling. */
  readonly rates: Readonly<Record<string, number>>
}

export interface Probe {
  readonly products: readonly ProductResult[]
  /** Floating point operations a second of the best product of all. */
  readonly productRate: number
  /** The same of multiply-adds in registers. */
  readonly peakRate: number
  /** Milliseconds. */
  readonly dependentDispatch: number
  readonly independentDispatch: number
  readonly submit: number
  readonly roundTrip: number
  /** Bytes a second. */
  readonly load: number
  readonly cachedLoad: number
  readonly copy: number
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
