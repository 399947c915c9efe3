// Batches whose mask skips steps. The state is carried over a skipped step and the gradient passes it, as if the step were not there. So it is
// taken out before the batch goes to the GPU: the steps that a row reads move to its front, and its length says how many they are. What comes
// back moves to its own steps again. No kernel knows of masks.
import { maskRows } from './schedule/batch'
import type { NetworkSpec } from './spec'

/** Which steps of a batch are read. */
export interface ReadSteps {
  /** Steps of each row, [B]; T for all unless given. */
  readonly lengths?: Uint32Array | undefined
  /** [T, B]: 0 for a step that is skipped. */
  readonly mask?: Uint8Array | undefined
}

interface Shape {
  readonly steps: number
  readonly batch: number
}

/** Whether a row of [T, B] is read. */
export const isRead =
  ({ lengths, mask }: ReadSteps, batch: number) =>
  (row: number): boolean =>
    mask ? mask[row] !== 0 : !lengths || Math.floor(row / batch) < lengths[row % batch]!

type Values = Float32Array | Uint32Array

/** How the steps of a batch lie on the GPU. */
export class Packing {
  /** Steps that each row reads, [B]. */
  readonly lengths: Uint32Array<ArrayBuffer>
  /** [T, B]: how many steps of its row are read before this one. */
  readonly #before: Uint32Array

  /** @param mask copied */
  constructor(
    readonly mask: Uint8Array,
    private readonly batch: number,
  ) {
    this.mask = mask.slice()
    this.lengths = new Uint32Array(batch)
    this.#before = Uint32Array.from(mask, (reads, row) => (reads ? this.lengths[row % batch]!++ : this.lengths[row % batch]!))
  }

  /** The row on the GPU of each row that is read. */
  #each(visit: (row: number, packed: number) => void): void {
    this.mask.forEach((reads, row) => reads && visit(row, this.#before[row]! * this.batch + (row % this.batch)))
  }

  /** Values [T, B, …] without the skipped steps: zeros fill up each row. */
  pack<V extends Values>(values: V): V {
    const packed = values.slice().fill(0) as V
    const width = values.length / this.mask.length
    this.#each((row, to) => packed.set(values.subarray(row * width, (row + 1) * width), to * width))
    return packed
  }

  /** Values [T, B, …] with the skipped steps, which are zero. */
  unpack<V extends Values>(values: V): V {
    const unpacked = values.slice().fill(0) as V
    const width = values.length / this.mask.length
    this.#each((row, from) => unpacked.set(values.subarray(from * width, (from + 1) * width), row * width))
    return unpacked
  }

  /** From the slots of a state [T+2, B, D, H] to the states after each step [T, B, D, H]: a skipped step has that of the step before it, in
   * the order of reading.
   * @param backwards by direction, whether it reads backwards */
  unpackStates(slots: Float32Array, backwards: readonly boolean[]): Float32Array<ArrayBuffer> {
    const rows = this.mask.length
    const D = backwards.length
    const H = slots.length / (rows + 2 * this.batch) / D
    const states = new Float32Array(rows * D * H)
    this.mask.forEach((reads, row) => {
      backwards.forEach((back, d) => {
        const before = this.#before[row]!
        const slot = back || reads ? before + 1 : before
        const from = ((slot * this.batch + (row % this.batch)) * D + d) * H
        states.set(slots.subarray(from, from + H), (row * D + d) * H)
      })
    })
    return states
  }
}

/** The arrays of a checked batch as they go to the GPU. */
export interface PackedBatch {
  readonly ids?: Uint32Array
  readonly features?: Float32Array
  readonly targets?: Uint32Array | Float32Array
  /** One for each row of the head. */
  readonly weights?: Float32Array
  readonly lengths?: Uint32Array
  /** Of a batch with a mask. */
  readonly packing?: Packing
}

/** The arrays of a checked batch without the steps that its mask skips, and with a weight for each row of the head. */
export function packBatch(
  { head }: Pick<NetworkSpec, 'head'>,
  { steps, batch }: Shape,
  { mask, weights, ...arrays }: Omit<PackedBatch, 'packing'> & { readonly mask?: Uint8Array },
): PackedBatch {
  const ofSteps = head?.at !== 'last'
  const spread =
    weights && ofSteps && weights.length === batch && steps > 1 ? Float32Array.from({ length: steps * batch }, (_, n) => weights[n % batch]!) : weights
  const all = { ...arrays, ...(spread && { weights: spread }) }
  if (!mask) return all
  const packing = new Packing(mask, batch)
  const { ids, features, targets } = arrays
  return {
    ...all,
    ...(ids && { ids: packing.pack(ids) }),
    ...(features && { features: packing.pack(features) }),
    ...(targets && ofSteps && { targets: packing.pack(targets) }),
    ...(spread && ofSteps && { weights: packing.pack(spread) }),
    lengths: packing.lengths,
    packing,
  }
}

/** Values [T, B, …] of the GPU, with zeros past the end of each row and where a step was skipped. */
export const unpackRows = <V extends Float32Array>(values: V, { lengths, packing }: PackedBatch, { steps, batch }: Shape): V =>
  packing ? packing.unpack(values) : maskRows(values, { steps, batch, lengths })
