// Counter-based random numbers: each is a pure function of (seed, stream, index). So they can be computed in any order, on the CPU or in a
// kernel, and repeated. There is no global state.
import { checkCount } from './errors'
import { guardMethods } from './proxy-guard'

const u32Max = 0xffffffff

/** PCG3D: hashes three u32 into three u32 (inputs are taken modulo 2³²; outputs are in [0, 2³²)).
 * Mark Jarzynski and Marc Olano, "Hash Functions for GPU Rendering", Journal of Computer Graphics Techniques 9(3),
 * 2020, http://jcgt.org/published/0009/03/02/. Every operation is a u32 add, multiply, shift or exclusive or, so the
 * same function in WGSL gives the same bits. A good hash, but not a cryptographic one. */
export function pcg3d(a: number, b: number, c: number): [number, number, number] {
  let x = Math.imul(a, 1664525) + 1013904223
  let y = Math.imul(b, 1664525) + 1013904223
  let z = Math.imul(c, 1664525) + 1013904223
  x = (x + Math.imul(y, z)) >>> 0
  y = (y + Math.imul(z, x)) >>> 0
  z = (z + Math.imul(x, y)) >>> 0
  x ^= x >>> 16
  y ^= y >>> 16
  z ^= z >>> 16
  x = (x + Math.imul(y, z)) >>> 0
  y = (y + Math.imul(z, x)) >>> 0
  z = (z + Math.imul(x, y)) >>> 0
  return [x, y, z]
}

/** Uniform in [0, 1): the top 24 bits of the first output of `pcg3d(seed, stream, index)`, times 2⁻²⁴. A float32
 * represents 24 bits exactly, so `f32(x >> 8) * 0x1p-24` in a kernel is the same number, and never 1. */
export function uniform(seed: number, stream: number, index: number): number {
  return (pcg3d(seed, stream, index)[0] >>> 8) * 2 ** -24
}

/** A sequence of random numbers. Each number takes exactly one index, so (seed, stream, index) is the whole state: save `index` to
 * continue later. The index wraps after 2³² numbers.
 *
 * The streams of one seed are independent. If each use (weights, batches, sampling) has its own stream, it can draw more numbers without
 * changing the others. */
export class Random {
  #index: number

  /** @throws SluiceError `bad-value` unless each of the three is a whole number in [0, 2³²). */
  constructor(
    readonly seed: number,
    readonly stream = 0,
    index = 0,
  ) {
    guardMethods(this, Random)
    checkCount('seed', seed, { min: 0, max: u32Max })
    checkCount('stream', stream, { min: 0, max: u32Max })
    this.#index = checkCount('index', index, { min: 0, max: u32Max })
  }

  get [Symbol.toStringTag](): string {
    return 'Random'
  }

  /** Index of the next number. */
  get index(): number {
    return this.#index
  }

  #next(): [number, number, number] {
    const outputs = pcg3d(this.seed, this.stream, this.#index)
    this.#index = (this.#index + 1) >>> 0
    return outputs
  }

  /** Uniform in [0, 1), a multiple of 2⁻²⁴: `uniform(seed, stream, index)`. */
  uniform(): number {
    return (this.#next()[0] >>> 8) * 2 ** -24
  }

  /** Standard normal (mean 0, variance 1), by Box and Muller (1958) on two outputs of one hash; the second normal, the
   * sine's, is dropped so that a draw is one index. |result| ≤ √(2 ln 2³³) ≈ 6.77. The last bits depend on the run
   * time's `Math.log` and `Math.cos`, which ECMAScript leaves open. */
  normal(): number {
    const [x, y] = this.#next()
    // The half keeps the logarithm off zero and the interval symmetric.
    const radius = Math.sqrt(-2 * Math.log((x + 0.5) * 2 ** -32))
    return radius * Math.cos(2 * Math.PI * y * 2 ** -32)
  }

  /** A whole number in [0, n), for n up to 2³². It scales 53 bits, so no value is favoured by more than n · 2⁻⁵³;
   * rejecting to be rid of that would make a draw take more than one index.
   * @throws SluiceError `bad-value` where n is not a whole number in [1, 2³²]. */
  integer(n: number): number {
    checkCount('n', n, { max: 2 ** 32 })
    const [x, y] = this.#next()
    return Math.floor(((x >>> 5) * 2 ** 26 + (y >>> 6)) * 2 ** -53 * n)
  }

  /** Shuffles in place (Fisher and Yates), every order equally likely but for `integer`'s 2⁻⁵³; returns `items`.
   * Takes max(0, length − 1) draws. */
  shuffle<Items extends { readonly length: number; [index: number]: unknown }>(items: Items): Items {
    const slots: { [index: number]: unknown } = items
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const swapped = slots[i]
      slots[i] = slots[j]
      slots[j] = swapped
    }
    return items
  }
}
