// The matrix products as the schedules ask for them, over sizes that are multiples of no tile; NaN lies around the operands.
import { numbers, productBound } from '../agreement/bounds'
import { runDispatches } from '../agreement/kernel'
import type { Gpu } from '../gpu/device'
import type { KernelName } from '../gpu/kernels'
import { strategyOf, type StrategyName, type Strategy } from '../gpu/strategy'
import { pad4 } from '../gpu/tensor'
import { columnSums, product } from '../schedule/products'
import { loadKernels } from '../strategies'
import { finding, single, type Check, type Finding } from './check'

/** M rows, N columns, K terms: a single row; tiles that are not full; so many that a GPU takes the largest.
 * The terms of Aᵀ B are dealt to 2 K slices in tiles of 8 and of 16 blocks of columns, to 4, and to none. */
const sizes = [
  [1, 4, 132],
  [17, 52, 132],
  [36, 40, 260],
  [200, 196, 20],
] as const

interface Form {
  readonly a_transposed?: true
  readonly b_transposed?: true
  readonly biased?: true
  readonly add?: true
}
const nn: Form[] = [{ biased: true }, { add: true }]
const nt: Form[] = [{ b_transposed: true }, { b_transposed: true, add: true }]
const tn: Form[] = [{ a_transposed: true }, { a_transposed: true, add: true }]
const nameOf = ({ a_transposed, b_transposed, biased, add }: Form) =>
  `${add ? 'C + ' : ''}A${a_transposed ? 'ᵀ' : ''} B${b_transposed ? 'ᵀ' : ''}${biased ? ' + bias' : ''}`

/** Which kernels make the products of a strategy. */
const kernelsOf: Readonly<Record<Strategy['kernels'], readonly (readonly [KernelName, readonly Form[]])[]>> = {
  workgroup: [['product/product_staged', [...nn, ...nt, ...tn]]],
  resident: [['resident/product', [...nn, ...nt, ...tn]]],
  tile: [
    ['tile/product_nn', nn],
    ['tile/product_nt', nt],
    ['tile/product_tn', tn],
  ],
}
/** The same, but for the column sums, which those in tiles compute themselves. */
export const productKernels = (strategy: StrategyName): KernelName[] => kernelsOf[strategyOf(strategy).kernels].map(([kernel]) => kernel)

/** Two matrices of `length` elements, with NaN before, between and after. */
function around(length: number, seed: number): Float32Array<ArrayBuffer> {
  const one = (seed: number) => [NaN, NaN, NaN, NaN, ...numbers(length, seed)]
  return Float32Array.of(...one(seed), ...one(seed + 100), NaN, NaN, NaN, NaN)
}

/** Two products at once, as of two directions. */
async function formFindings(gpu: Gpu, name: StrategyName, form: Form, [rows, N, terms]: readonly [number, number, number]): Promise<Finding[]> {
  const { a_transposed = false, b_transposed = false, biased = false, add = false } = form
  // Rows that run along memory are padded; terms may be any number where they are rows of both.
  const M = a_transposed ? pad4(rows) : rows
  const K = a_transposed ? terms + 1 : terms
  const N4 = N / 4
  const strategy = strategyOf(name)
  const [a, b, bias, sums] = [around(M * K, 1), around(K * N, 2), numbers(2 * N, 3), new Float32Array(2 * N).fill(9)]
  const before = Float32Array.from({ length: 2 * M * N + 12 }, (_, i) => 9 + (i % 3))
  const summing = strategy.kernels === 'tile' && a_transposed
  const made = await runDispatches(
    gpu,
    { a, b, bias, sums, c: before.slice() },
    ['c', 'sums'],
    (plan, views) =>
      product(plan, 'check', {
        a: { view: views.a, offset4: 1, stride: (a_transposed ? M : K) / 4, z: (M * K) / 4 + 1 },
        b: { view: views.b, offset4: 1, stride: (b_transposed ? K : N) / 4, z: (K * N) / 4 + 1 },
        c: { view: views.c, offset4: 1, stride: N4, z: M * N4 + 1 },
        M,
        N4,
        K,
        Z: 2,
        a_transposed,
        b_transposed,
        add,
        ...(biased && { bias: { view: views.bias, z: N4 } }),
        ...(a_transposed && { sums: { to: summing ? { view: views.sums, z: N4 } : null, unused: views.sums } }),
      }),
    { ...gpu.tuning, strategy },
  )
  const [expected, expectedSums] = [Float64Array.from(before), Float64Array.from(sums)]
  for (const z of [0, 1]) {
    const [at, bt, ct] = [4 + z * (M * K + 4), 4 + z * (K * N + 4), 4 + z * (M * N + 4)]
    const right = (k: number, n: number) => b[bt + (b_transposed ? n * K + k : k * N + n)]!
    for (let n = 0; n < N; n++) {
      for (let m = 0; m < M; m++) {
        let sum = (add ? before[ct + m * N + n]! : 0) + (biased ? bias[z * N + n]! : 0)
        for (let k = 0; k < K; k++) sum += a[at + (a_transposed ? k * M + m : m * K + k)]! * right(k, n)
        expected[ct + m * N + n] = sum
      }
      if (!summing) continue
      expectedSums[z * N + n] = add ? 9 : 0
      for (let k = 0; k < K; k++) expectedSums[z * N + n]! += right(k, n)
    }
  }
  const title = `${M} × ${N} × ${K}`
  return [
    finding(title, made.c, expected, K, productBound(K)),
    ...(a_transposed ? [finding(`${title}, column sums`, made.sums, expectedSums, K, productBound(K))] : []),
  ]
}

/** Of a matrix of its own, and of one in the buffer of the sums. */
async function sumFindings(gpu: Gpu, name: StrategyName): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [, N, K] of sizes)
    for (const within of [false, true])
      for (const add of [false, true]) {
        const [b, before] = [numbers(K * N, 2), numbers(N, 4)]
        const made = await runDispatches(
          gpu,
          { b, sums: Float32Array.of(...before, ...b) },
          ['sums'],
          (plan, { b, sums }) =>
            columnSums(plan, 'check', {
              b: within ? { view: sums, offset4: N / 4, stride: N / 4 } : { view: b, stride: N / 4 },
              K,
              N4: N / 4,
              sums: { view: sums },
              unused: b,
              add,
            }),
          { ...gpu.tuning, strategy: strategyOf(name) },
        )
        const expected = Float64Array.from([...before.map((v) => (add ? v : 0)), ...b])
        for (let i = 0; i < K * N; i++) expected[i % N]! += b[i]!
        found.push(finding(`${K} × ${N}${within ? ' in the same buffer' : ''}${add ? ', added' : ''}`, made.sums, expected, K, productBound(K)))
      }
  return found
}

/** Of the kernels that the strategies of one kind share. */
export function productChecks(strategy: StrategyName): Check[] {
  const { kernels } = strategyOf(strategy)
  const made = kernelsOf[kernels].flatMap(([kernel, forms]) =>
    forms.map((form) =>
      single(kernel, nameOf(form), async (gpu) => {
        await loadKernels(strategy)
        const found: Finding[] = []
        for (const size of sizes) found.push(...(await formFindings(gpu, strategy, form, size)))
        return found
      }),
    ),
  )
  return [
    ...made,
    single('product/column_sums', `column sums, ${kernels === 'workgroup' ? 'a column by many invocations' : 'a column by one invocation'}`, async (gpu) => {
      await loadKernels(strategy)
      return sumFindings(gpu, strategy)
    }),
  ]
}
