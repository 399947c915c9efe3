// The products against plain loops in float64, over sizes that are multiples of no tile.
import { expect, test } from 'vitest'
import { productBound } from '../../src/agreement/bounds'
import { numbers, runKernel, worstError } from '../support/kernel'
import { pad4 } from '../../src/gpu/tensor'
import { sampled } from '../support/sampled'

const sizes = [
  [1, 4, 4],
  [1, 8, 12],
  [3, 4, 8],
  [16, 16, 16],
  [17, 20, 4],
  [33, 68, 36],
  [5, 132, 8],
  [40, 12, 100],
] as const

const none = { a: 0, a_stride: 0, a_z: 0, b: 0, b_stride: 0, b_z: 0, c: 0, c_stride: 0, c_z: 0, sums: 0, sums_z: 0 }

/** Loops over C[m][n] = Σ_k left(m, k) · right(k, n). */
function product(M: number, N: number, K: number, left: (m: number, k: number) => number, right: (k: number, n: number) => number): Float64Array {
  const c = new Float64Array(M * N)
  for (let m = 0; m < M; m++) for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) c[m * N + n]! += left(m, k) * right(k, n)
  return c
}

/** Rows of a tile in fours. */
const tilings = [4, 3, 2, 1].map((blocks) => ({ blocks }))

const named = sizes.map(([M, N, K]) => ({ M, N, K }))
const tiled = named.flatMap((size) => tilings.map((tiling) => ({ ...size, ...tiling })))
interface Size {
  M: number
  N: number
  K: number
}
const sizeOf = ({ M, N, K }: Size) => [M, N, K]
const tiledAxes = { size: sizeOf, blocks: ({ blocks }: { blocks: number }) => blocks }
const operands = (M: number, N: number, K: number) => ({ a: numbers(M * K, 1), b: numbers(K * N, 2), bias: numbers(N, 3) })

test.each(sampled(tiled, { axes: tiledAxes, share: 1 / 3 }))('M $M, N $N, K $K: A B + bias, in tiles of $blocks × 4 rows', async ({ M, N, K, blocks }) => {
  const { a, b, bias } = operands(M, N, K)
  const { c } = await runKernel('tile/product_nn', {
    size: { ...none, M, N4: N / 4, K: K / 4, a_stride: K / 4, b_stride: N / 4, c_stride: N / 4 },
    grid: [Math.ceil(N / 8), Math.ceil(M / (4 * blocks)), 1],
    constants: { row_blocks: blocks },
    data: { a, b, bias, c: new Float32Array(M * N) },
  })
  const expected = product(
    M,
    N,
    K,
    (m, k) => a[m * K + k]!,
    (k, n) => b[k * N + n]!,
  ).map((v, i) => v + bias[i % N]!)
  expect(worstError(c, expected, K)).toBeLessThanOrEqual(productBound(K))
})

test.each(sampled(tiled, { axes: tiledAxes, share: 1 / 3 }))(
  'M $M, N $N, K $K: A Bᵀ, and added to what is there, in tiles of $blocks × 4 rows',
  async ({ M, N, K, blocks }) => {
    const { a, b } = operands(M, N, K)
    const before = numbers(M * N, 4)
    for (const adds of [false, true]) {
      const { c } = await runKernel('tile/product_nt', {
        size: { ...none, M, N4: N / 4, K: K / 4, a_stride: K / 4, b_stride: K / 4, c_stride: N / 4 },
        grid: [Math.ceil(N / 8), Math.ceil(M / (4 * blocks)), 1],
        constants: { row_blocks: blocks, adds },
        data: { a, b, c: before.slice() },
      })
      const expected = product(
        M,
        N,
        K,
        (m, k) => a[m * K + k]!,
        (k, n) => b[n * K + k]!,
      ).map((v, i) => v + Number(adds) * before[i]!)
      expect(worstError(c, expected, K)).toBeLessThanOrEqual(productBound(K))
    }
  },
)

test.each(sampled(tiled, { axes: tiledAxes, share: 1 / 3 }))(
  'M $M, N $N, K $K: Aᵀ B with column sums, K rows of any number, and added to what is there, in tiles of $blocks × 4 rows',
  async ({ M, N, K, blocks }) => {
    const [rows, columns] = [pad4(M), N]
    const [before, sumsBefore] = [numbers(rows * columns, 7), numbers(columns, 8)]
    for (const [k, add] of [
      [1, 0],
      [2, 1],
      [3, 0],
      [K, 1],
      [K, 0],
      [K + 1, 0],
    ] as const) {
      const [a, b] = [numbers(k * rows, 5), numbers(k * columns, 6)]
      const { c, sums } = await runKernel('tile/product_tn', {
        size: { ...none, M: rows, N4: columns / 4, K: k, a_stride: rows / 4, b_stride: columns / 4, c_stride: columns / 4 },
        grid: [Math.ceil(columns / 8), Math.ceil(rows / (4 * blocks)), 1],
        constants: { row_blocks: blocks, adds: add },
        data: { a, b, c: before.slice(), sums: sumsBefore.slice() },
      })
      expect(
        worstError(
          c,
          product(
            rows,
            columns,
            k,
            (m, i) => a[i * rows + m]!,
            (i, n) => b[i * columns + n]!,
          ).map((v, i) => v + add * before[i]!),
          k,
        ),
      ).toBeLessThanOrEqual(productBound(k))
      expect(
        worstError(
          sums,
          product(
            1,
            columns,
            k,
            () => 1,
            (i, n) => b[i * columns + n]!,
          ).map((v, i) => v + add * sumsBefore[i]!),
          k,
        ),
      ).toBeLessThanOrEqual(productBound(k))
    }
  },
)

// Resident blocks of columns; the rows by one workgroup or several; either operand as it is or transposed.
const parts = [
  { columns: 1, parts: 1 },
  { columns: 2, parts: 3 },
  { columns: 3, parts: 2 },
  { columns: 4, parts: 1 },
]
const transposes = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
].map(([a_transposed, b_transposed]) => ({ a_transposed: a_transposed!, b_transposed: b_transposed! }))
const modes = [
  { biased: true, adds: false, begins: 1 },
  { biased: false, adds: true, begins: 0 },
  { biased: true, adds: true, begins: 1 },
]
const heldCases = named.flatMap((size) =>
  parts.flatMap((part) => transposes.flatMap((transpose) => modes.map((mode) => ({ ...size, ...part, ...transpose, ...mode })))),
)
type HeldCase = (typeof heldCases)[number]
const heldAxes = {
  size: sizeOf,
  columns: ({ columns }: HeldCase) => columns,
  transposed: ({ a_transposed, b_transposed }: HeldCase) => [a_transposed, b_transposed],
  mode: ({ biased, adds }: HeldCase) => [biased, adds],
}
test.each(
  sampled(heldCases, {
    axes: heldAxes,
    pairs: [
      ['transposed', 'mode'],
      ['transposed', 'columns'],
      ['size', 'columns'],
    ],
  }),
)(
  'M $M, N $N, K $K: a resident product in $columns blocks of columns, the rows by $parts workgroups; transposed $a_transposed, $b_transposed; bias $biased, adds $adds',
  async ({ M, N, K, columns, parts, a_transposed, b_transposed, biased, adds, begins }) => {
    const { a, b, bias } = operands(M, N, K)
    const before = numbers(M * N, 4)
    const rows = pad4(M)
    const turned = numbers(K * rows, 5)
    const { c } = await runKernel('resident/product', {
      size: { ...none, M, N4: N / 4, K, begins, a_stride: (a_transposed ? rows : K) / 4, b_stride: (b_transposed ? K : N) / 4, c_stride: N / 4 },
      grid: [4 * Math.ceil(N / (16 * columns)), parts, 1],
      constants: { columns, resident_k4: 4 * Math.ceil(K / 16), adds, biased, a_transposed, b_transposed },
      width: 4,
      data: { a: a_transposed ? turned : a, b, bias, c: before.slice() },
    })
    const expected = product(
      M,
      N,
      K,
      (m, k) => (a_transposed ? turned[k * rows + m]! : a[m * K + k]!),
      (k, n) => b[b_transposed ? n * K + k : k * N + n]!,
    ).map((v, i) => v + (begins ? Number(biased) * bias[i % N]! : before[i]!))
    expect(worstError(c, expected, K)).toBeLessThanOrEqual(productBound(K))
  },
)

test.each(sizes)('M %i, N %i, K %i: column sums, of a matrix of its own or in the buffer of the sums', async (M, N, K) => {
  const { b } = operands(M, N, K)
  const expected = product(
    1,
    N,
    K,
    () => 1,
    (k, n) => b[k * N + n]!,
  )
  const size = { ...none, M: 0, N4: N / 4, K, b_stride: N / 4 }
  const grid = [N / 4, 1, 1] as const
  const { sums } = await runKernel('product/column_sums', { size, grid, data: { b, sums: new Float32Array(N).fill(9) } })
  expect(worstError(sums, expected, K)).toBeLessThanOrEqual(productBound(K))
  const { sums: added } = await runKernel('product/column_sums', { size, grid, constants: { adds: 1 }, data: { b, sums: new Float32Array(N).fill(9) } })
  expect(
    worstError(
      added,
      expected.map((v) => v + 9),
      K,
    ),
  ).toBeLessThanOrEqual(productBound(K))
  const both = Float32Array.of(...new Array<number>(N).fill(9), ...b)
  const { sums: within } = await runKernel('product/column_sums', {
    size: { ...size, b: N / 4 },
    grid,
    constants: { within: 1 },
    data: { b: new Float32Array(4), sums: both.slice() },
  })
  expect(worstError(within.subarray(0, N), expected, K)).toBeLessThanOrEqual(productBound(K))
  expect(within.subarray(N)).toEqual(both.subarray(N))
})

test('offsets, strides and z move each matrix by its own distance, and nothing else is written', async () => {
  // Two products of [3, 4] × [4, 4] that lie as columns of wider matrices, as two directions do.
  const [a, b] = [numbers(4 + 3 * 8, 7), numbers(2 * 16, 8)]
  const c = new Float32Array(3 * 12).fill(9)
  const { c: made } = await runKernel('tile/product_nn', {
    size: { M: 3, N4: 1, K: 1, a: 1, a_stride: 2, a_z: 1, b: 0, b_stride: 1, b_z: 4, c: 1, c_stride: 3, c_z: 1, sums: 0, sums_z: 0 },
    grid: [1, 1, 2],
    data: { a, b, bias: new Float32Array(4), c },
  })
  const expected = Float64Array.from(c)
  for (const z of [0, 1])
    for (let m = 0; m < 3; m++)
      for (let n = 0; n < 4; n++) {
        let sum = 0
        for (let k = 0; k < 4; k++) sum += a[4 + m * 8 + z * 4 + k]! * b[z * 16 + k * 4 + n]!
        expected[m * 12 + 4 + z * 4 + n] = sum
      }
  expect(worstError(made, expected, 4)).toBeLessThanOrEqual(productBound(4))
})

test('in registers: as many terms as there are, and nothing past the last column; each z moves by its own distance', async () => {
  // Two products of [5, 7] × [7, 8] as columns of wider matrices, terms along the columns of A; past them is what is not a number.
  const [M, N, K] = [5, 8, 7]
  const [a, b, c] = [numbers(2 * K * 8, 7), numbers(2 * K * N, 8), new Float32Array(M * 24).fill(9)]
  const { c: made } = await runKernel('resident/product', {
    size: { M, N4: N / 4, K, begins: 1, a: 0, a_stride: 2, a_z: 2 * K, b: 0, b_stride: N / 4, b_z: (K * N) / 4, c: 1, c_stride: 6, c_z: 3, sums: 0, sums_z: 0 },
    grid: [4, 2, 2],
    constants: { columns: 1, resident_k4: 4, adds: false, biased: false, a_transposed: true, b_transposed: false },
    width: 4,
    data: { a: Float32Array.of(...a, ...new Array<number>(40).fill(NaN)), b, bias: new Float32Array(4), c },
  })
  const expected = Float64Array.from(c)
  for (const z of [0, 1])
    product(
      M,
      N,
      K,
      (m, k) => a[z * K * 8 + k * 8 + m]!,
      (k, n) => b[z * K * N + k * N + n]!,
    ).forEach((v, i) => (expected[4 + Math.floor(i / N) * 24 + z * 12 + (i % N)] = v))
  expect(worstError(made, expected, K)).toBeLessThanOrEqual(productBound(K))
})

// Of GPUs: tiles of one workgroup or several, terms that fill no round of 16, fewer rounds than K slices, slices with unlike many terms.
const staged = (
  [
    [1, 4, 4],
    [3, 8, 16],
    [17, 20, 36],
    [36, 68, 100],
    [64, 28, 180],
  ] as const
).flatMap(([M, N, K]) =>
  [
    { a_transposed: false, b_transposed: false },
    { a_transposed: false, b_transposed: true },
    { a_transposed: true, b_transposed: false },
  ].flatMap((transpose) => [1, 2, 3, 4].map((k_slices) => ({ M, N, K, k_slices, columns: N > 32 && k_slices < 4 ? 16 : 8, ...transpose }))),
)
test.each(
  sampled(staged, {
    axes: {
      size: sizeOf,
      k_slices: ({ k_slices }) => k_slices,
      transposed: ({ a_transposed, b_transposed }) => [a_transposed, b_transposed],
    },
    share: 1 / 2,
  }),
)(
  'M $M, N $N, K $K: a staged product, its terms dealt to $k_slices slices; transposed $a_transposed, $b_transposed; with a bias, added to what is there',
  async ({ M: m, N, K: k, k_slices, columns, a_transposed, b_transposed }) => {
    // Columns of Aᵀ are rows of the result, in fours; its terms are any number.
    const [M, K] = a_transposed ? [pad4(m), k - 1] : [m, k]
    const { a, b, bias } = operands(M, N, K)
    const before = numbers(M * N, 4)
    const [groups, rows_each] = [4, 4]
    const width = columns * groups * k_slices
    const { c } = await runKernel('product/product_staged', {
      size: {
        ...none,
        M,
        N4: N / 4,
        K,
        a_stride: (a_transposed ? M : K) / 4,
        b_stride: (b_transposed ? K : N) / 4,
        c_stride: N / 4,
      },
      grid: [Math.ceil(N / 4 / columns) * width, Math.ceil(M / (groups * rows_each)), 1],
      constants: { columns, k_slices, rows_each, a_transposed, b_transposed, adds: true, biased: true },
      width,
      data: { a, b, bias, c: before.slice() },
    })
    const expected = product(
      M,
      N,
      K,
      (i, j) => a[a_transposed ? j * M + i : i * K + j]!,
      (j, n) => b[b_transposed ? n * K + j : j * N + n]!,
    ).map((v, i) => v + bias[i % N]! + before[i]!)
    expect(worstError(c, expected, K)).toBeLessThanOrEqual(productBound(K))
  },
)
