// Kernels between the layers and at their ends: states, dropout, activations, joined inputs, the gradient of peepholes.
import { lossBound, numbers, productBound } from '../agreement/bounds'
import { runKernel } from '../agreement/kernel'
import { control } from '../agreement/update'
import type { Gpu } from '../gpu/device'
import { uniform } from '../random'
import { exactly, finding, single, type Check, type Finding } from './check'

// Sizes that fill no workgroup; H4 counts vec4f.
const [T, B, D, H4] = [3, 5, 2, 9]
const H = 4 * H4
const slot = B * D * H

async function initialFindings(gpu: Gpu): Promise<Finding[]> {
  const [initial, before] = [numbers(D * H, 1), numbers((T + 2) * slot, 2)]
  const { state } = await runKernel(gpu, 'layer/initial_state', { size: { T, B, D, H4 }, grid: [D * H4, B, 1], data: { initial, state: before } })
  const expected = before.map((v, i) => {
    const [at, direction] = [Math.floor(i / slot), Math.floor(i / H) % D]
    return at === (direction === 0 ? 0 : T + 1) ? initial[i % (D * H)]! : v
  })
  return [exactly('state', state, expected)]
}

async function finalFindings(gpu: Gpu): Promise<Finding[]> {
  const h = numbers((T + 2) * slot, 1)
  const { out } = await runKernel(gpu, 'layer/final_state', { size: { T, B, D, H4 }, grid: [D * H4, B, 1], data: { h, out: new Float32Array(slot) } })
  return [
    exactly(
      'final state',
      out,
      out.map((_, i) => h[(Math.floor(i / H) % D === 0 ? T : 1) * slot + i]!),
    ),
  ]
}

async function carryFindings(gpu: Gpu): Promise<Finding[]> {
  const before = numbers((T + 2) * slot, 1)
  before[5] = NaN
  before[6] = -Infinity
  const found: Finding[] = []
  for (const [what, verdict, expected] of [
    ['after a step', 0, (v: number, i: number) => (i < slot ? before[T * slot + i]! : v)],
    ['after one that was skipped', 1, (v: number) => (Number.isFinite(v) ? v : 0)],
    ['after one that stopped', 2, (v: number) => v],
  ] as const) {
    const statistics = new Float32Array(4)
    new Uint32Array(statistics.buffer)[3] = verdict
    const { state } = await runKernel(gpu, 'layer/carry_state', {
      size: { n4: slot / 4, stride: 64, T },
      grid: [64, 1, 1],
      data: { statistics, state: before.slice() },
    })
    found.push(exactly(`state ${what}`, state, before.map(expected)))
  }
  return found
}

async function dropoutFindings(gpu: Gpu): Promise<Finding[]> {
  const [n, p, seed, layer] = [300, Math.fround(0.3), 12345, 2]
  const values = control([])
  new Uint32Array(values.buffer)[10] = seed
  const source = numbers(n, 1)
  const expected = Float64Array.from(source, (v, i) => (uniform(seed, layer, i) >= p ? v / (1 - p) : 0))
  const run = (in_place: boolean, data: Float32Array<ArrayBuffer>) =>
    runKernel(gpu, 'layer/dropout', {
      size: { n4: n / 4, stride: 64, source_offset: 0, data_offset: in_place ? 0 : n / 4, layer, p },
      grid: [64, 1, 1],
      constants: { in_place },
      data: { control: values, data },
    })
  const { data } = await run(false, Float32Array.of(...source, ...new Float32Array(n)))
  return [
    finding('outputs', data.subarray(n), expected, 1, productBound(2)),
    finding('gradient, in place', (await run(true, source.slice())).data, expected, 1, productBound(2)),
  ]
}

async function sequenceMaskFindings(gpu: Gpu): Promise<Finding[]> {
  const [n, p, seed, stream, first] = [300, Math.fround(0.3), 12345, 0x20002, 8]
  const values = control([])
  new Uint32Array(values.buffer)[10] = seed
  const before = numbers(4 * first + n, 1)
  const { mask } = await runKernel(gpu, 'layer/sequence_mask', {
    size: { n4: n / 4, stride: 64, first, stream, p },
    grid: [64, 1, 1],
    data: { control: values, mask: before.slice() },
  })
  const expected = Float64Array.from({ length: n }, (_, i) => (uniform(seed, stream, i) >= p ? 1 / (1 - p) : 0))
  return [
    exactly('what lies before', mask.subarray(0, 4 * first), before.subarray(0, 4 * first)),
    finding('mask', mask.subarray(4 * first), expected, 1, productBound(2)),
  ]
}

/** Of two directions, the second of which lies a slot later; and of a part of the columns of the masks, added. */
async function applyMaskFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  const width = D * H
  for (const [adds, masks4, source4, out4, ahead] of [
    [false, 0, 0, 3, slot / 4],
    [true, 2, 1, 0, 0],
  ] as const) {
    const mask_stride = width / 4 + masks4
    const [source, mask, before] = [numbers(4 * source4 + (T + 1) * slot, 1), numbers(B * 4 * mask_stride + 4 * masks4, 2), numbers(4 * out4 + T * slot, 3)]
    const { out } = await runKernel(gpu, 'layer/apply_mask', {
      size: { n4: (T * slot) / 4, stride: 64, B, width4: width / 4, source: source4, out: out4, mask: masks4, mask_stride, H4, ahead },
      grid: [64, 1, 1],
      constants: { adds },
      data: { source, mask, out: before.slice() },
    })
    const expected = Float64Array.from(before)
    for (let n = 0; n < T * slot; n++) {
      const [row, column] = [Math.floor(n / width) % B, n % width]
      const value = source[4 * source4 + n + (column >= H ? 4 * ahead : 0)]! * mask[4 * masks4 + row * 4 * mask_stride + column]!
      expected[4 * out4 + n] = (adds ? before[4 * out4 + n]! : 0) + value
    }
    found.push(finding(adds ? 'added' : 'of two directions', out, expected, 1, productBound(2)))
  }
  return found
}

async function mergeFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  const h = numbers((T + 2) * slot, 1)
  const rows = T * B
  for (const [what, constants, of] of [
    ['sum', { product: false, factor: 1 }, (a: number, b: number) => a + b],
    ['mean', { product: false, factor: 0.5 }, (a: number, b: number) => (a + b) / 2],
    ['product', { product: true, factor: 1 }, (a: number, b: number) => a * b],
  ] as const) {
    const { out } = await runKernel(gpu, 'layer/merge', { ...mergeShape, constants, data: { h, out: new Float32Array(rows * H) } })
    found.push(
      finding(
        what,
        out,
        Float64Array.from(out, (_, i) => of(...sides(h, i))),
        1,
        productBound(2),
      ),
    )
  }
  return found
}

/** Merges the states after each step. */
const mergeShape = { size: { n4: T * B * H4, stride: 64, H4, first: slot / 4, second: slot / 4 + H4 }, grid: [64, 1, 1] } as const

/** The states behind element i of [T, B, H]. */
function sides(h: Float32Array, i: number): [number, number] {
  const at = slot + Math.floor(i / H) * D * H + (i % H)
  return [h[at]!, h[at + H]!]
}

async function mergeGradientFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  const [h, dout, before] = [numbers((T + 2) * slot, 1), numbers(T * B * H, 2), numbers(T * slot, 3)]
  for (const [product, factor, adds] of [
    [false, 0.5, false],
    [true, 1, true],
  ] as const) {
    const { dh } = await runKernel(gpu, 'layer/merge_gradient', { ...mergeShape, constants: { product, factor, adds }, data: { h, dout, dh: before.slice() } })
    const expected = Float64Array.from(before, (v, i) => {
      const [n, d] = [Math.floor(i / (D * H)) * H + (i % H), Math.floor(i / H) % D]
      return (adds ? v : 0) + factor * dout[n]! * (product ? sides(h, n)[1 - d]! : 1)
    })
    found.push(finding(`gradient of a ${product ? 'product, added' : 'mean'}`, dh, expected, 1, productBound(2)))
  }
  return found
}

async function peepholeFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [first, end, add] of [
    [0, T, 0],
    [1, T, 1],
  ] as const) {
    const S = end - first
    const [gates, c, before] = [numbers(S * B * D * 4 * H, 1), numbers((T + 2) * slot, 2), numbers(D * 3 * H, 3)]
    const { dp } = await runKernel(gpu, 'layer/peephole_gradient', {
      size: { T, B, D, H4, first, end, add },
      grid: [3 * H4, 1, D],
      data: { gates, c, dp: before.slice() },
    })
    const expected = Float64Array.from(before, (v) => add * v)
    // i and f see the cell before the step, o the one after; direction 1 begins at the end.
    expected.forEach((_, i) => {
      const [d, p, j] = [Math.floor(i / (3 * H)), Math.floor(i / H) % 3, i % H]
      const at = (d === 1 ? T - end : first) + (p === 2 ? 1 : d === 1 ? 2 : 0)
      const gate = [0, 1, 3][p]!
      for (let n = 0; n < S * B; n++) expected[i]! += gates[((n * D + d) * 4 + gate) * H + j]! * c[((n + at * B) * D + d) * H + j]!
    })
    found.push(finding(`gradient of steps ${first} to ${end - 1}`, dp, expected, S * B, productBound(S * B)))
  }
  return found
}

/** Units of h, where it is projected. */
const P4 = 3
const P = 4 * P4
const projection = { size: { T, B, D, H4, P4, s: 1 }, grid: [P4, B, D] as const }
/** The time of that step in each direction; and lengths on both sides of it. */
const timesOfStep = [1, T - 2]
const someLengths = Uint32Array.of(3, 1, 0, 2, 3)
const isInside = (b: number, d: number) => timesOfStep[d]! < someLengths[b]!

async function projectionFindings(gpu: Gpu): Promise<Finding[]> {
  const [m, R, before] = [numbers((T + 2) * slot, 1), numbers(D * H * P, 2), numbers((T + 2) * B * D * P, 3)]
  const { h } = await runKernel(gpu, 'layer/projection', { ...projection, data: { lengths: someLengths, m, R, h: before.slice() } })
  const expected = Float64Array.from(before)
  for (let b = 0; b < B; b++)
    for (let d = 0; d < D; d++) {
      const t = timesOfStep[d]!
      const row = (slot: number) => (slot * B + b) * D + d
      for (let p = 0; p < P; p++) {
        let sum = isInside(b, d) ? 0 : before[row(d === 1 ? t + 2 : t) * P + p]!
        if (isInside(b, d)) for (let j = 0; j < H; j++) sum += m[row(t + 1) * H + j]! * R[(d * H + j) * P + p]!
        expected[row(t + 1) * P + p] = sum
      }
    }
  return [finding('h', h, expected, H, productBound(H))]
}

async function projectionGradientFindings(gpu: Gpu): Promise<Finding[]> {
  const [dy, dh] = [numbers(T * B * D * P, 1), numbers(B * D * P, 2)]
  const made = await runKernel(gpu, 'layer/projection_gradient', { ...projection, data: { lengths: someLengths, dy: dy.slice(), dh: dh.slice() } })
  const [steps, carried] = [dy.slice(), dh.slice()]
  carried.forEach((v, i) => {
    const [b, d] = [Math.floor(i / (D * P)), Math.floor(i / P) % D]
    const at = timesOfStep[d]! * B * D * P + i
    steps[at] = isInside(b, d) ? Math.fround(dy[at]! + v) : 0
    if (isInside(b, d)) carried[i] = 0
  })
  return [exactly('dL/dh of the step', made.dy, steps), exactly('what is carried on', made.dh, carried)]
}

/** f of src/reference, by its number in shaders/lib/dense_activation.wgsl. */
const activations = [
  { name: 'relu', activation: 1, value: (x: number) => Math.max(x, 0), derivative: (y: number) => Number(y > 0) },
  { name: 'tanh', activation: 2, value: Math.tanh, derivative: (y: number) => 1 - y * y },
  { name: 'sigmoid', activation: 3, value: (x: number) => 1 / (1 + Math.exp(-x)), derivative: (y: number) => y * (1 - y) },
] as const
/** Rows, and their size: three columns of the last vec4f are no padding. */
const [rows, N4] = [17, 5]
const isPadding = (i: number) => i % (4 * N4) === 4 * N4 - 1

async function activationFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  for (const { name, activation, value } of activations) {
    const x = numbers(4 * N4 * (rows + 1), 1).map((v, i) => (isPadding(i) ? 0 : 4 * v))
    const { y } = await runKernel(gpu, 'layer/activation', {
      size: { n4: rows * N4, stride: 64, first: N4, N4 },
      grid: [64, 1, 1],
      constants: { activation, ...(name === 'sigmoid' && { tail: 3 }) },
      data: { y: x.slice() },
    })
    const expected = Float64Array.from(x, (v, i) => (i < 4 * N4 ? v : isPadding(i) ? 0 : value(v)))
    found.push(finding(`y of ${name}`, y, expected, 1, lossBound(1)))
  }
  return found
}

async function activationGradientFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  for (const { name, activation, value, derivative } of activations) {
    const [y, dy] = [numbers(4 * N4 * rows, 2).map(value), numbers(4 * N4 * rows, 3)]
    const made = await runKernel(gpu, 'layer/activation_gradient', {
      size: { n4: rows * N4, stride: 64 },
      grid: [64, 1, 1],
      constants: { activation },
      data: { y, dy: dy.slice() },
    })
    found.push(
      finding(
        `gradient of ${name}`,
        made.dy,
        Float64Array.from(dy, (v, i) => v * derivative(y[i]!)),
        1,
        productBound(4),
      ),
    )
  }
  return found
}

/** Two directions of five units each, behind two columns of another part. */
async function joinFindings(gpu: Gpu): Promise<Finding[]> {
  const [columns, units, part_stride, joined_stride, part, joined] = [10, 5, 16, 16, 16, 2]
  const of = (backward: boolean) => {
    const data = { part: numbers(part + rows * part_stride, 1), joined: numbers(rows * joined_stride, 2) }
    const run = { size: { rows, columns, H: units, part, part_stride, joined, joined_stride }, grid: [3, rows, 1] as const, constants: { backward } }
    return runKernel(gpu, 'layer/join', { ...run, data }).then((made) => ({ data, made }))
  }
  const [forward, backward] = [await of(false), await of(true)]
  const wanted = { joined: Float32Array.from(forward.data.joined), part: Float32Array.from(backward.data.part) }
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < columns; c++) {
      const [from, to] = [part + row * part_stride + Math.floor(c / units) * 8 + (c % units), joined + row * joined_stride + c]
      wanted.joined[to] = forward.data.part[from]!
      wanted.part[from] = Math.fround(wanted.part[from]! + backward.data.joined[to]!)
    }
  return [exactly('joined', forward.made.joined, wanted.joined), exactly('gradient of a part', backward.made.part, wanted.part)]
}

export const stateChecks: readonly Check[] = [
  single('layer/initial_state', 'learned initial states of two directions', initialFindings),
  single('layer/final_state', 'final states of two directions', finalFindings),
  single('layer/merge', 'two directions merged: sum, mean, product', mergeFindings),
  single('layer/merge_gradient', 'gradient of merged directions', mergeGradientFindings),
  single('layer/carry_state', 'states from batch to batch, NaN left out', carryFindings),
  single('layer/dropout', 'dropout, forward and backward, by the same random numbers', dropoutFindings),
  single('layer/sequence_mask', 'masks of sequences, by the same random numbers', sequenceMaskFindings),
  single('layer/apply_mask', 'values of all steps by the mask of their sequence', applyMaskFindings),
  single('layer/activation', 'activations of dense layers, without the padding', activationFindings),
  single('layer/activation_gradient', 'their derivatives', activationGradientFindings),
  single('layer/join', 'two directions beside another part, and back', joinFindings),
  single('layer/projection', 'h projected after a step, carried past the end of a row', projectionFindings),
  single('layer/projection_gradient', 'the gradient of h at a step', projectionGradientFindings),
  single('layer/peephole_gradient', 'gradient of peepholes, whole and of a segment', peepholeFindings),
]
