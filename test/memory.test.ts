// The dispatches of a plan are counted without a list of them: the same number as the list has, and at no cost for any number of steps.
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { adam, memoryOf, type MemoryOptions, type NetworkSpec } from 'sluice'
import { cellNames } from '../src/cells'
import { bufferSize } from '../src/gpu/allocator'
import { Gpu } from '../src/gpu/device'
import { DryRun } from '../src/gpu/dry-run'
import { DispatchCount, flatGrid, mostWorkgroups, Plan } from '../src/gpu/plan'
import { strategyNames } from '../src/gpu/strategy'
import { Parameters } from '../src/parameters'
import { allocateTraining, predictionPlans, trainingPlans, type TrainingShape } from '../src/schedule/training'
import { Unrolled } from '../src/schedule/unroll'
import { loadKernels } from '../src/strategies'
import { failure } from './support/failure'
import { sampled } from './support/sampled'

beforeAll(() => loadKernels('resident-16'))
afterEach(() => void vi.restoreAllMocks())

const limits = { maxBufferSize: 2 ** 40, maxStorageBufferBindingSize: 2 ** 40 }
const device = { limits, features: new Set(), lost: new Promise(() => {}) } as unknown as GPUDevice
/** A device on which plans are listed, and buffers are only a size. */
class Listing extends Gpu {
  override buffer(label: string, bytes: number): GPUBuffer {
    return { label, size: bufferSize(bytes) } as GPUBuffer
  }
}
const devices = (isSoftware: boolean): [Gpu, Gpu] => {
  const listing = new Listing(device, isSoftware ? 'SwiftShader' : 'hardware', isSoftware)
  return [listing, new DryRun(listing)]
}

const ids = { ids: 7 }
const classes = { classes: 7 }
const specs: [string, NetworkSpec][] = [
  ...cellNames.map((cell): [string, NetworkSpec] => [cell, { input: ids, layers: [{ cell, hidden: 6 }], head: classes }]),
  [
    'both directions',
    {
      input: { features: 3 },
      layers: [
        { cell: 'gru', hidden: 6, bidirectional: true },
        { cell: 'lstm', hidden: 9, bidirectional: true },
      ],
      dropout: 0.3,
      head: { numbers: 2, at: 'last' },
    },
  ],
  ['a stack, embedded', { input: { ids: 9, embedding: 5 }, layers: Array(3).fill({ cell: 'lstm', hidden: 8, peepholes: true }), dropout: 0.5, head: classes }],
  [
    'dropout within the layers',
    {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 6, bidirectional: true, inputDropout: 0.2, recurrentDropout: 0.2 },
        { cell: 'gru', hidden: 5, inputDropout: 0.2 },
        { cell: 'gru', hidden: 5, recurrentDropout: 0.2 },
        { cell: 'gru', hidden: 5, recurrentDropout: 0.2 },
      ],
      head: classes,
    },
  ],
  ['learned states', { input: { features: 4 }, layers: [{ cell: 'lstm', hidden: 4, learnInitial: true }], head: { numbers: 1 } }],
  ['too large to be held', { input: ids, layers: [{ cell: 'gru-reset-after', hidden: 400 }], head: classes }],
]

const lists = specs.flatMap(([name, spec]) =>
  [true, false].flatMap((isSoftware) =>
    strategyNames.flatMap((strategy) =>
      [1, 2, 13, 40].flatMap((steps) =>
        [1, 300].flatMap((batch) => [false, true, 1, 5, 'prediction' as const].map((what) => ({ name, spec, isSoftware, strategy, steps, batch, what }))),
      ),
    ),
  ),
)
type List = (typeof lists)[number]
const listAxes = {
  name: ({ name }: List) => name,
  isSoftware: ({ isSoftware }: List) => isSoftware,
  strategy: ({ strategy }: List) => strategy,
  steps: ({ steps }: List) => steps,
  batch: ({ batch }: List) => batch,
  what: ({ what }: List) => what,
}
const compared = sampled(lists, {
  axes: listAxes,
  pairs: [
    ['strategy', 'name'],
    ['strategy', 'what'],
    ['strategy', 'isSoftware'],
    ['strategy', 'steps'],
  ],
})

test('as many dispatches as the list has, whatever the network, the plan and the segments', () => {
  for (const { name, spec, isSoftware, strategy, steps, batch, what } of compared) {
    const [listing, paper] = devices(isSoftware)
    const plans = (gpu: Gpu): Record<string, Plan> => {
      const parameters = new Parameters(gpu, spec)
      if (what === 'prediction') return predictionPlans(new Unrolled(gpu, parameters, { steps, batch, train: false }), strategy)
      const shape: TrainingShape = { steps, batch, recompute: what, optimizer: adam() }
      return trainingPlans(allocateTraining(gpu, parameters, shape), { optimizer: adam(), strategy })
    }
    const counted = plans(paper)
    for (const [kind, listed] of Object.entries(plans(listing))) {
      const where = `${name}, ${isSoftware ? 'software' : 'hardware'}, ${strategy}, T ${steps}, B ${batch}, ${what}, ${kind}`
      expect(listed).not.toBeInstanceOf(DispatchCount)
      expect(counted[kind]).toBeInstanceOf(DispatchCount)
      expect(`${where}: ${counted[kind]!.dispatches}`).toBe(`${where}: ${listed.commands.filter(({ kind }) => kind === 'dispatch').length}`)
    }
  }
})

const most = 2 ** 53 - 1
const huge = specs.flatMap(([name, spec]) =>
  [undefined, ...strategyNames].flatMap((strategy) =>
    [false, true, 1, most].flatMap((recompute) => [adam(), undefined].map((optimizer) => ({ name, spec, strategy, recompute, optimizer }))),
  ),
)
type Huge = (typeof huge)[number]
const hugeAxes = {
  name: ({ name }: Huge) => name,
  strategy: ({ strategy }: Huge) => strategy ?? 'any',
  recompute: ({ recompute }: Huge) => recompute,
  optimizer: ({ optimizer }: Huge) => optimizer !== undefined,
}
const priced = sampled(huge, {
  axes: hugeAxes,
  pairs: [
    ['strategy', 'recompute'],
    ['strategy', 'name'],
  ],
})

test('no more is done for 2⁵³ − 1 steps or rows than for a hundred', () => {
  const asked = vi.spyOn(DispatchCount.prototype, 'dispatch')
  const counts = (spec: NetworkSpec, options: MemoryOptions): number => {
    asked.mockClear()
    const { total, uniforms } = memoryOf(spec, options)
    expect(total).toBeGreaterThan(0)
    expect(uniforms).toBeGreaterThan(0)
    expect(Number.isFinite(total)).toBe(true)
    return asked.mock.calls.length
  }
  for (const { name, spec, strategy, recompute, optimizer } of priced) {
    const options = { ...(strategy && { strategy }), recompute, ...(optimizer && { optimizer }) }
    const few = counts(spec, { steps: 100, batch: 100, ...options })
    for (const [steps, batch] of [
      [2 ** 31, 1],
      [most, 1],
      [1, most],
      [most, most],
    ] as const)
      expect(counts(spec, { steps, batch, ...options }), `${name}, ${strategy} ${recompute}, ${steps} × ${batch}`).toBeLessThanOrEqual(3 * few)
  }
})

test('a plan with more dispatches than the device has room for is refused before it is listed', async () => {
  const small = { ...device, limits: { ...limits, maxBufferSize: 2 ** 28 } } as GPUDevice
  const gpu = new Listing(small, 'a small adapter', false)
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'rnn', hidden: 1 }], head: classes }
  const listed = vi.spyOn(Plan.prototype, 'dispatch')
  const parameters = new Parameters(gpu, spec)
  const unrolled = new Unrolled(gpu, parameters, { steps: 2 ** 31, batch: 1, train: false })
  const error = await failure(() => predictionPlans(unrolled, 'tile-16'))
  expect(error.code).toBe('too-large')
  expect(error.message).toMatch(
    /^prediction: \d+ dispatches, the sizes of which need 512 GiB, but a small adapter allows 256 MiB a buffer\. Lower the steps\.$/,
  )
  expect(listed).not.toHaveBeenCalled()
})

test('a grid of more than 65535 workgroups goes on in another dimension, and covers all', () => {
  const tuning = devices(true)[0].tuning
  for (const y of [1, 65535, 65536, 70000, 131071, 200000]) {
    const plan = new Plan('', tuning)
    plan.dispatch('', 'token/embedding_backward', { bindings: {} as never, size: {} as never, grid: [4, y, 1] })
    const [command] = plan.commands
    if (command?.kind !== 'dispatch') throw new Error('no dispatch')
    const {
      workgroups,
      constants: { y_slices: slices = 1 },
    } = command
    expect(Math.max(...workgroups)).toBeLessThanOrEqual(mostWorkgroups)
    expect(workgroups[1] * workgroups[2]).toBeGreaterThanOrEqual(y)
    expect(workgroups[2]).toBe(slices)
    // Nothing changes where nothing must.
    if (y <= mostWorkgroups) expect(command).toMatchObject({ workgroups: [1, y, 1], constants: {} })
  }
  expect(flatGrid(100, 64)).toEqual([100, 1, 1])
  expect(flatGrid(65535 * 64, 64)).toEqual([65535 * 64, 1, 1])
  expect(flatGrid(65535 * 64 + 1, 64)).toEqual([65535 * 64, 2, 1])
})
