// What a module of peers/ is, and what its peers need to take Sluice's weights and give its outcomes.
import type { Peer } from '../../src/measure/peer'

export { adamRate, clipNorm, NotOffered, type Job, type Outcome, type Peer, type Task } from '../../src/measure/peer'

/** A module of peers/ exports its peers by name. */
export interface PeerModule {
  readonly peers: Readonly<Record<string, Peer>>
}

/** Where gate `gate` of direction `d`, unit `h` stands: values [..., D, G, H] as a function of what is before. */
export function takeGates(
  values: Float32Array,
  { rows, D, G, H }: { rows: number; D: number; G: number; H: number },
  d: number,
  order: readonly number[],
): Float32Array {
  const taken = new Float32Array(rows * G * H) // [rows, G, H], gates in the peer's order
  for (let row = 0; row < rows; row++)
    order.forEach((gate, g) => taken.set(values.subarray(((row * D + d) * G + gate) * H, ((row * D + d) * G + gate + 1) * H), (row * G + g) * H))
  return taken
}

/** Ids → one-hot vectors in the same order, as floats. */
export function oneHot(ids: ArrayLike<number>, V: number): Float32Array {
  const vectors = new Float32Array(ids.length * V)
  for (let i = 0; i < ids.length; i++) vectors[i * V + ids[i]!] = 1
  return vectors
}

/** Rows of time-major data [T, B, width] in batch-major order, or with T and B exchanged the way back. */
export function exchange<Values extends Float32Array | Uint32Array>(values: Values, T: number, B: number): Values {
  const width = values.length / (T * B)
  const out = values.slice() as Values
  for (let t = 0; t < T; t++) for (let b = 0; b < B; b++) out.set(values.subarray((t * B + b) * width, (t * B + b + 1) * width), (b * T + t) * width)
  return out
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}
