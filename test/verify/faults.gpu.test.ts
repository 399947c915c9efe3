// Faults of the kinds that devices have, planted one at a time into the WGSL of a kernel: the verification names that kernel and no other,
// and finds nothing where there is none.
import { afterEach, expect, test } from 'vitest'
import { Gpu } from '../../src/gpu/device'
import type { KernelName } from '../../src/gpu/kernels'
import type { StrategyName } from '../../src/gpu/strategy'
import { failedKernels, formatReport, type GpuReport } from '../../src/verify/report'
import { verify } from '../../src/verify/verify'
import { asIf, testDevice } from '../support/kernel'
import { plantFault } from '../support/plant'
import { inTurn } from '../support/sampled'

interface Fault {
  readonly kind: string
  readonly kernel: KernelName
  readonly from: string
  readonly to: string
  /** Of the checks, by kernel and what it computes: those that are made. Others than the faulty kernel's are among them. */
  readonly among: RegExp
  readonly strategy?: StrategyName
}

const layers = /^layer\//
const training = /^(loss|optimizer)\//
const tokens = /^token\/(embedding_\w+|sample|sample_step) /
const few = (cell: string) => new RegExp(`^cell/\\S+ ${cell}: few|^layer/|^loss/`)

const faults: readonly Fault[] = [
  { kind: 'a factor is left out', kernel: 'layer/dropout', from: 'value[k] / (1.0 - size.p)', to: 'value[k]', among: layers },
  { kind: 'the wrong slot', kernel: 'layer/final_state', from: 'select(size.T, 1u,', to: 'select(size.T, 0u,', among: layers },
  { kind: 'a factor is left out', kernel: 'layer/merge', from: '* factor;', to: ';', among: layers },
  { kind: 'the wrong direction', kernel: 'layer/merge_gradient', from: 'd * h[size.second + at]', to: 'd * h[size.first + at]', among: layers },
  { kind: 'infinity let through', kernel: 'layer/carry_state', from: '== vec4u(0x7f800000u));', to: '> vec4u(0x7f800000u));', among: layers },
  { kind: 'the wrong gate', kernel: 'layer/peephole_gradient', from: 'select(p, 3u, p == 2)', to: 'select(p, 2u, p == 2)', among: layers },
  { kind: 'the last row is left out', kernel: 'layer/initial_state', from: 'id.y >= size.B', to: 'id.y + 1 >= size.B', among: layers },
  { kind: 'the wrong row', kernel: 'layer/apply_mask', from: 'n / size.width4 % size.B', to: '(n / size.width4 + 1) % size.B', among: layers },
  { kind: 'the wrong random number', kernel: 'layer/sequence_mask', from: '4 * n + k', to: '4 * n', among: layers },
  { kind: 'a missing barrier', kernel: 'loss/statistics', from: 'workgroupBarrier();', to: '', among: training },
  {
    kind: 'NaN counts as finite',
    kernel: 'loss/statistics',
    from: 'return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;',
    to: 'return (bitcast<u32>(x) & 0x7fffffffu) != 0x7f800000u;',
    among: training,
  },
  { kind: 'a missing barrier', kernel: 'optimizer/gradient_norm', from: 'workgroupBarrier();', to: '', among: training },
  { kind: 'a class past the end', kernel: 'loss/cross_entropy', from: '< vec4u(size.V);', to: '< vec4u(size.V + 1);', among: training },
  { kind: 'the wrong correction', kernel: 'optimizer/adam', from: 's / now.correction2', to: 's / now.correction1', among: training },
  { kind: 'a factor is left out', kernel: 'loss/squared_error', from: '2.0 * control.weight', to: 'control.weight', among: training },
  { kind: 'the last position is left out', kernel: 'token/embedding_backward', from: 'for (; p < end; p++)', to: 'for (; p + 1 < end; p++)', among: tokens },
  { kind: 'the wrong row', kernel: 'token/embedding_forward', from: 'table[ids[n]', to: 'table[ids[n - 1]', among: tokens },
  { kind: 'a lane order that does not hold', kernel: 'token/sample', from: 'sum_of[lane] = weight_of', to: 'sum_of[lane ^ 1] = weight_of', among: tokens },
  {
    kind: 'a term is left out at the end',
    kernel: 'token/sample_step',
    from: '(k_slice + 1) * size.H4 / k_slices)',
    to: '(k_slice + 1) * (size.H4 - 1) / k_slices)',
    among: tokens,
  },
  {
    kind: 'a missing barrier',
    kernel: 'product/product_staged',
    from: 'k, group.z, lane, k_slice);\n    workgroupBarrier();',
    to: 'k, group.z, lane, k_slice);',
    among: /^product\/product_staged A B \+ bias/,
  },
  {
    kind: "a wrong index at a tile's end",
    kernel: 'product/product_staged',
    from: 'if (row >= size.M ||',
    to: 'if (row > size.M ||',
    among: /^product\/product_staged A B \+ bias/,
  },
  { kind: 'the last term is left out', kernel: 'product/column_sums', from: 'k < size.K;', to: 'k + 1 < size.K;', among: /sums|^layer/ },
  {
    kind: 'tanh off by 1e-3',
    kernel: 'cell/rnn_forward_grid',
    from: 'return or_nan(sign(x)',
    to: 'return or_nan(1.001 * sign(x)',
    among: few('rnn'),
  },
  {
    kind: 'NaN folded away',
    kernel: 'cell/rnn_forward_grid',
    from: 'return select(x, y, x == x);',
    to: 'return select(vec4f(), y, x == x);',
    among: /^cell\/rnn_\S+ rnn: two/,
  },
  {
    kind: 'a missing barrier',
    kernel: 'cell/gru_forward_grid',
    from: 'store_partial_sums(sums, invocation.local);\n  workgroupBarrier();',
    to: 'store_partial_sums(sums, invocation.local);',
    among: few('gru'),
  },
  { kind: 'a state of the wrong step', kernel: 'cell/lstm_backward_grid', from: 'dcell * c[state_before', to: 'dcell * c[state_after', among: few('lstm') },
  { kind: 'a row that goes on past its end', kernel: 'cell/mgu_backward_grid', from: 't < lengths[b]', to: 't <= lengths[b]', among: few('mgu') },
  {
    kind: 'a lane order that does not hold',
    kernel: 'tile/rnn_forward',
    from: 'mat4x4f(row, quadSwapX(row), quadSwapY(row), quadSwapDiagonal(row))',
    to: 'mat4x4f(row, quadSwapY(row), quadSwapX(row), quadSwapDiagonal(row))',
    among: /^tile\/rnn_\S+ rnn: few/,
    strategy: 'tile-16',
  },
  {
    kind: 'the wrong random number',
    kernel: 'token/sample_loop',
    from: 'size.V, 0, sampling.position + s)',
    to: 'size.V, 0, sampling.position + s + 1)',
    among: /^token\/sample_loop rnn:/,
  },
]

/** What has been compiled of sound kernels, by kernel and constants. */
const sound: Gpu['pipelines'] = new Map()
const of = (kernel: string) => (key: string) => key.startsWith(`${kernel} `)

async function report(gpu: Gpu, { among, strategy = 'fused-1' }: Pick<Fault, 'among' | 'strategy'>): Promise<GpuReport> {
  return verify(gpu, { strategies: [strategy], only: ({ parts }) => parts.some(({ kernel, what }) => among.test(`${kernel} ${what}`)) })
}

let planted: { remove(): void } | undefined
afterEach(() => planted?.remove())

test('there are 20 faults and more, each by its name', () => {
  expect(new Set(faults.map(({ kind, kernel }) => `${kind} in ${kernel}`)).size).toBe(faults.length)
  expect(faults.length).toBeGreaterThanOrEqual(20)
})

// Each compiles its kernel anew, so they take turns; those of cells and products compile whole networks beside it.
const turnsOf = (kernel: string) => inTurn(/^(cell|product|tile)\//.test(kernel) ? 5 : 3)
for (const { kind, kernel, from, to, ...how } of faults)
  turnsOf(kernel)(`${kind} in ${kernel} is caught, and named by kernel`, async () => {
    const { device } = await testDevice()
    const gpu = asIf(await testDevice(), false)
    const mine = Object.assign(new Gpu(device, 'hardware', false), { pipelines: new Map([...sound].filter(([key]) => !of(kernel)(key))), layouts: gpu.layouts })
    planted = plantFault(kernel, from, to)
    const found = await report(mine, how)
    expect(failedKernels(found), formatReport(found)).toEqual([kernel])
    for (const [key, pipeline] of mine.pipelines) if (!of(kernel)(key)) sound.set(key, pipeline)
  })

test('where there is no fault none is found', async () => {
  const gpu = asIf(await testDevice(), false)
  for (const among of [layers, training, tokens, /sums/]) {
    const found = await report(Object.assign(gpu, { pipelines: sound }), { among })
    expect(found.lines.length).toBeGreaterThan(0)
    expect(found.lines.filter(({ status }) => status !== 'passed')).toEqual([])
  }
})
