// The three products that everything here is built from, for one row vector at a time.

/** A matrix inside a flat array: element [k, j] is at `offset` + k·`stride` + j. The vectors it meets give its size. */
export interface Matrix {
  readonly data: Float64Array
  readonly offset: number
  readonly stride: number
  /** What row k is multiplied by, of a matrix that stands for that product: so an element of v is dropped, or counts for more. */
  readonly mask?: Float64Array | undefined
}

const maskOf = ({ mask }: Matrix, k: number): number => (mask ? mask[k]! : 1)

/** The columns of a matrix from `first` on. */
export const columns = (m: Matrix, first: number): Matrix => ({ ...m, offset: m.offset + first })

/** out += v M. Zeros are passed over, so a one-hot v costs one row. */
export function addProduct(out: Float64Array, v: Float64Array, m: Matrix): void {
  for (let k = 0; k < v.length; k++) {
    const vk = v[k]! * maskOf(m, k)
    if (vk === 0) continue
    const row = m.offset + k * m.stride
    for (let j = 0; j < out.length; j++) out[j]! += vk * m.data[row + j]!
  }
}

/** out += g Mᵀ: the gradient of v, where g is the gradient of v M. */
export function addTransposedProduct(out: Float64Array, g: Float64Array, m: Matrix): void {
  for (let k = 0; k < out.length; k++) {
    const row = m.offset + k * m.stride
    let sum = 0
    for (let j = 0; j < g.length; j++) sum += g[j]! * m.data[row + j]!
    out[k]! += sum * maskOf(m, k)
  }
}

/** M += vᵀ g: the gradient of M, where g is the gradient of v M. */
export function addOuterProduct(m: Matrix, v: Float64Array, g: Float64Array): void {
  for (let k = 0; k < v.length; k++) {
    const vk = v[k]! * maskOf(m, k)
    if (vk === 0) continue
    const row = m.offset + k * m.stride
    for (let j = 0; j < g.length; j++) m.data[row + j]! += vk * g[j]!
  }
}

/** out += v. */
export function add(out: Float64Array, v: Float64Array): void {
  for (let j = 0; j < v.length; j++) out[j]! += v[j]!
}
