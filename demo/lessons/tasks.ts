// Small made-up tasks that need a memory of a known length, drawn from a seed.

/** A batch of vectors and what is asked at the end of each row. */
export interface VectorTask {
  /** [T, B, 2] */
  readonly features: Float32Array
  /** [B, 1] */
  readonly targets: Float32Array
}

/** A batch of ids and what is asked at some steps. */
export interface IdTask {
  /** [T, B] */
  readonly ids: Uint32Array
  /** [T, B], `ignored` where nothing is asked. */
  readonly targets: Uint32Array
}

const ignored = 0xffffffff

/** Numbers in [0, 1), the same for the same seed (mulberry32, public domain). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let v = Math.imul(state ^ (state >>> 15), state | 1)
    v ^= v + Math.imul(v ^ (v >>> 7), v | 61)
    return ((v ^ (v >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The adding problem (Hochreiter and Schmidhuber 1997): each step brings a number in [0, 1) and a mark; one step of the first
 * half and one of the second are marked; asked at the end is the sum of the two marked numbers. Always answering 1 is off by
 * 1/6 in the mean square. */
export function adding(T: number, B: number, draw: () => number): VectorTask {
  const features = new Float32Array(T * B * 2)
  const targets = new Float32Array(B)
  for (let b = 0; b < B; b++) {
    const marked = [Math.floor((draw() * T) / 2), Math.floor(T / 2 + (draw() * T) / 2)]
    for (let t = 0; t < T; t++) {
      const at = (t * B + b) * 2
      features[at] = draw()
      if (!marked.includes(t)) continue
      features[at + 1] = 1
      targets[b]! += features[at]!
    }
  }
  return { features, targets }
}

/** Copying: the first `length` steps bring symbols of `alphabet`, then `delay` steps a blank, then a sign to begin and blanks,
 * during which the symbols are asked in their order. Ids: the symbols, blank = alphabet, sign = alphabet + 1.
 * T = 2 · length + delay. Guessing costs ln(alphabet). */
export function copying({ alphabet, length, delay }: { alphabet: number; length: number; delay: number }, B: number, draw: () => number): IdTask {
  const T = 2 * length + delay
  const ids = new Uint32Array(T * B).fill(alphabet)
  const targets = new Uint32Array(T * B).fill(ignored)
  for (let b = 0; b < B; b++) {
    ids[(length + delay) * B + b] = alphabet + 1
    for (let k = 0; k < length; k++) {
      const symbol = Math.floor(draw() * alphabet)
      ids[k * B + b] = symbol
      targets[(length + delay + k) * B + b] = symbol
    }
  }
  return { ids, targets }
}

/** Short: asked at every step is whether the two last bits differ. Long: asked is the first bit, at every step after it;
 * the bits between are noise. Ids 0 and 1. */
export function bits(kind: 'short' | 'long', T: number, B: number, draw: () => number): IdTask {
  const ids = Uint32Array.from({ length: T * B }, () => Number(draw() < 0.5))
  const targets = Uint32Array.from(ids, (bit, n) => (n < B ? ignored : kind === 'short' ? bit ^ ids[n - B]! : ids[n % B]!))
  return { ids, targets }
}

/** Steps of a piece, on average. */
const pieceLength = 10

/** Numbers in [0, 1) that come in pieces, each beginning with a mark. Short asks the mean of the last two numbers, long the first number of
 * the piece, both at every step after the first. A number, unlike a bit, cannot be kept by weights that fall into one of two states.
 * Guessing is off by 1/24 and 1/12 in the mean square. */
export function pieces(kind: 'short' | 'long', T: number, B: number, draw: () => number): { features: Float32Array; targets: Float32Array } {
  const features = Float32Array.from({ length: T * B * 2 }, (_, i) => (i % 2 === 0 ? draw() : Number(draw() < 1 / pieceLength || i < 2 * B)))
  const targets = new Float32Array(T * B).fill(NaN)
  for (let b = 0; b < B; b++)
    for (let [t, first] = [0, 0]; t < T; t++) {
      const n = t * B + b
      if (features[2 * n + 1] === 1) first = features[2 * n]!
      if (t > 0) targets[n] = kind === 'long' ? first : (features[2 * n]! + features[2 * (n - B)]!) / 2
    }
  return { features, targets }
}
