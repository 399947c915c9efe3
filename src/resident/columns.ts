// How a matrix is kept in the registers of a workgroup (shaders/resident/lib/registers.wgsl).
import { cells } from '../cells'
import type { LayerContext } from '../schedule/context'

/** What a workgroup keeps of U that makes a whole recurrence: of the kernels forward and backward. */
export interface Resident {
  readonly forward: Columns
  readonly backward: Columns
}

interface Columns {
  /** Blocks of four columns of an invocation. */
  readonly columns: number
  /** Terms of a part, in fours. */
  readonly terms4: number
  /** Invocations of a part. */
  readonly invocations: number
  /** Parts that the terms are dealt to. */
  readonly parts: number
}

/** What there is room for: vec4f in the registers of an invocation, and invocations of a workgroup. */
const room = { registers: 1024, invocations: 256 }

/** How U of a layer is kept; null if it is too large. */
export function residentColumns({ H4, G }: Pick<LayerContext, 'H4' | 'G'>): Resident | null {
  // Three blocks take the room of four.
  const fits = ({ columns, terms4, invocations, parts }: Columns) =>
    (columns === 3 ? 4 : columns) * 4 * terms4 <= room.registers && invocations * parts <= room.invocations
  /** The first choice that fits, with as few parts as that takes. */
  const choose = (terms4: number, blocks: number, columns: readonly number[], parts: readonly number[]): Columns | undefined =>
    parts
      .flatMap((parts) => columns.map((columns) => ({ columns, terms4: terms4 / parts, invocations: 4 * Math.ceil(blocks / columns / 4), parts })))
      .find(fits)
  /** Of units, four blocks or two if there are lanes enough without. */
  const units = (terms4: number, parts: readonly number[]) =>
    choose(
      terms4,
      H4,
      [4, 2].filter((columns) => columns * 4 <= H4),
      parts,
    ) ?? choose(terms4, H4, [1], parts)
  // Sixteen terms are added at a time.
  const padded4 = 4 * Math.ceil(H4 / 4)
  // An LSTM's terms can be dealt: backward whole gates, forward halves of the units, if they are as many sixteens.
  const halves = G === 4 && H4 % 8 === 0 ? [1, 2] : [1]
  const forward = G === 1 ? units(padded4, [1]) : choose(padded4, G * H4, [G], halves)
  const backward = units(G * padded4, G === 4 ? [1, 2, 4] : [1])
  return forward && backward ? { forward, backward } : null
}

/** The same; null, too, if its cell has no such kernels. */
export const residentOf = (layer: Pick<LayerContext, 'cell' | 'H4' | 'G'>): Resident | null => (cells[layer.cell].resident ? residentColumns(layer) : null)
