// Arrays as the recorded runs have them: a shape, and float32 in base64.

export interface Packed {
  readonly shape: readonly number[]
  /** Not there for large weights, which have numbers of a rule. */
  readonly data?: string
}

/** The page has no Buffer, and Node 20 has no Uint8Array.fromBase64. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))

export function unpacked({ shape, data }: Packed): Float32Array<ArrayBuffer> {
  if (data !== undefined) return new Float32Array(bytesOf(data).buffer)
  // The rule of tfjs_calls.mjs.
  return Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) => (((i * 7919) % 1009) - 504) / 4096)
}

/** [a, b, …] → [b, a, …]. */
export const exchanged = (values: ArrayLike<number>, [a, b]: readonly [number, number]): number[] => {
  const n = values.length / (a * b)
  return Array.from({ length: values.length }, (_, i) => values[((Math.floor(i / n) % a) * b + Math.floor(i / (n * a))) * n + (i % n)]!)
}
