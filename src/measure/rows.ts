// What is measured: the times of a peer on a work, and what the probe finds of an adapter.
import type { Summary } from './statistics'

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
  readonly status: 'not offered' | 'wrong' | 'failed' | 'no time'
  readonly why: string
}

/** One peer on one work. */
export type Row = Measured | NotMeasured

/** How fast a kernel multiplies. */
export interface ProductResult {
  /** [M, K] · [K, N]. */
  readonly M: number
  readonly K: number
  readonly N: number
  readonly best: string
  /** Floating point operations a second by tiling. */
  readonly rates: Readonly<Record<string, number>>
}

/** What a GPU can do at most. */
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
