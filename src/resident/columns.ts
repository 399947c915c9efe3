// How the registers of a workgroup hold a matrix (shaders/resident/lib/registers.wgsl).
import { cells } from '../cells'
import type { LayerContext } from '../schedule/context'
import type { Drops } from '../schedule/implementation'

/** The columns of U in the registers of a workgroup that computes a whole recurrence: of the kernels forward and backward. */
export interface Resident {
  readonly forward: Columns
  readonly backward: Columns
}

interface Columns {
  /** Blocks of four columns of an invocation. */
  readonly columns: number
  /** Terms of a slice, in fours. */
  readonly terms4: number
  /** Invocations of a slice. */
  readonly invocations: number
  /** Slices that share the terms of a sum. */
  readonly slices: number
}

/** At most: vec4f in the registers of an invocation, and invocations of a workgroup. */
const limits = { registers: 1024, invocations: 256 }

/** How a workgroup holds U of a layer; null if it is too large. */
export function residentColumns({ H4, G }: Pick<LayerContext, 'H4' | 'G'>): Resident | null {
  // Three blocks take the room of four.
  const fits = ({ columns, terms4, invocations, slices }: Columns) =>
    (columns === 3 ? 4 : columns) * 4 * terms4 <= limits.registers && invocations * slices <= limits.invocations
  /** The first choice that fits, with as few slices as possible. */
  const choose = (terms4: number, blocks: number, columns: readonly number[], slices: readonly number[]): Columns | undefined =>
    slices
      .flatMap((slices) => columns.map((columns): Columns => ({ columns, terms4: terms4 / slices, invocations: 4 * Math.ceil(blocks / columns / 4), slices })))
      .find(fits)
  /** Of units: four blocks, or two if there are lanes enough without, else one. */
  const units = (terms4: number, slices: readonly number[]) => {
    const many = [4, 2].filter((columns) => columns * 4 <= H4)
    return choose(terms4, H4, many, slices) ?? choose(terms4, H4, [1], slices)
  }
  // A kernel adds sixteen terms at a time.
  const padded4 = 4 * Math.ceil(H4 / 4)
  // An LSTM's terms can be sliced: backward by whole gates, forward by halves of the units, if each is a multiple of sixteen.
  const halves = G === 4 && H4 % 8 === 0 ? [1, 2] : [1]
  const forward = G === 1 ? units(padded4, [1]) : choose(padded4, G * H4, [G], halves)
  const backward = units(G * padded4, G === 4 ? [1, 2, 4] : [1])
  return forward && backward ? { forward, backward } : null
}

/** The same; null, too, if its cell has no such kernels, or the state has dropout, which they do not know. */
export const residentOf = (layer: Pick<LayerContext, 'cell' | 'H4' | 'G'> & Drops): Resident | null =>
  cells[layer.cell].resident && !layer.drops?.state ? residentColumns(layer) : null
