// Which strategies there are, which an adapter is offered, and what is loaded for it.
import { expect, test } from 'vitest'
import { memoryOf } from '../src'
import { cells, type CellName } from '../src/cells'
import { adapterKind, defaultStrategy, strategyNames, strategyOf } from '../src/gpu/strategy'
import { implementationOf, isLoaded, type Shape } from '../src/schedule/implementation'
import { loadKernels } from '../src/strategies'
import type { NetworkSpec } from '../src/spec'
import { chooseStrategy, type Measured } from '../src/tune'
import { failure } from './support/failure'

const shape = (batch: number, hidden: number, { cores = 64, cell = 'gru', D = 1 }: { cores?: number; cell?: CellName; D?: 1 | 2 } = {}): Shape => ({
  batch,
  cores,
  layers: [{ cell, D, G: cells[cell].gates.length, H4: Math.ceil(hidden / 4) }],
})

test('before they are wanted, kernels of software adapters are not there, and a plan by their names says what to do', async () => {
  for (const name of strategyNames) expect(isLoaded(strategyOf(name))).toBe(strategyOf(name).kernels === 'workgroup')
  const error = await failure(() =>
    memoryOf({ input: { ids: 3 }, layers: [{ cell: 'lstm', hidden: 4 }], head: { classes: 3 } }, { steps: 2, batch: 2, strategy: 'tile-16' }),
  )
  expect(error).toMatchObject({ code: 'bad-value', message: expect.stringMatching(/^strategy is tile-16, .*openDevice\(\).*per-step-16/) })
})

test('an adapter has the strategy of its kind', () => {
  const kinds = ['Google SwiftShader', 'llvmpipe (LLVM 19)', 'Microsoft Basic Render Driver', 'Mesa lavapipe', 'an unnamed adapter'].map((name) =>
    adapterKind(true, name),
  )
  expect(kinds).toEqual(['swiftshader', 'software', 'software', 'software', 'software'])
  expect(adapterKind(false, 'NVIDIA H100')).toBe('hardware')
  expect((['swiftshader', 'software', 'hardware'] as const).map((kind) => strategyOf(defaultStrategy(kind)).kernels)).toEqual(['resident', 'tile', 'workgroup'])
})

test('a name says what its record has', () => {
  for (const name of strategyNames) {
    const { rows, recurrence, kernels } = strategyOf(name)
    const [, word, number] = /^(.+)-(\d+)$/.exec(name)!
    expect([word, Number(number)]).toEqual([kernels === 'workgroup' ? recurrence : kernels, rows])
  }
})

test('a GPU is offered three plans at most, the best guess first: fused where a step is brief, else a dispatch a step', () => {
  const { strategiesFor } = implementationOf(strategyOf('per-step-16'))
  expect(strategiesFor(shape(32, 256))).toEqual(['fused-1', 'fused-4', 'per-step-16'])
  expect(strategiesFor(shape(5, 64))).toEqual(['fused-1', 'fused-4', 'per-step-8'])
  expect(strategiesFor(shape(1, 64))).toEqual(['fused-1', 'per-step-4'])
  expect(strategiesFor(shape(32, 257))).toEqual(['per-step-16', 'per-step-8', 'fused-1'])
  expect(strategiesFor(shape(8, 512))).toEqual(['per-step-8', 'per-step-4', 'fused-1'])
  expect(strategiesFor(shape(2, 512))).toEqual(['per-step-4', 'fused-1'])
})

test('SwiftShader is offered register-resident weights, by rows of a workgroup: no more workgroups than keep all cores busy', async () => {
  await loadKernels('resident-16')
  const { strategiesFor } = implementationOf(strategyOf('resident-16'))
  expect(strategiesFor(shape(32, 64))).toEqual(['resident-16', 'resident-8', 'resident-4'])
  expect(strategiesFor(shape(7, 64))).toEqual(['resident-16', 'resident-4'])
  expect(strategiesFor(shape(1, 64))).toEqual(['resident-16'])
  expect(strategiesFor(shape(32, 64, { cores: 2 }))).toEqual(['resident-16'])
  expect(strategiesFor(shape(32, 64, { cores: 3 }))).toEqual(['resident-16', 'resident-8'])
  expect(strategiesFor(shape(16, 64, { cores: 2 }))).toEqual(['resident-16', 'resident-8'])
  expect(strategiesFor(shape(16, 64, { cores: 4, D: 2 }))).toEqual(['resident-16', 'resident-8'])
  expect(strategiesFor(shape(16, 64, { cores: 1 }))).toEqual(['resident-16'])
  // Layers too large, and cells without such kernels, are made in tiles.
  expect(strategiesFor(shape(32, 260))).toEqual(['resident-16'])
  expect(strategiesFor(shape(32, 64, { cell: 'mgu' }))).toEqual(['resident-16'])
})

test('a single step forward is in tiles on SwiftShader, where it is not trained and no strategy was named', async () => {
  await loadKernels('resident-16')
  const spec: NetworkSpec = { input: { features: 3 }, layers: [{ cell: 'gru', hidden: 64, recurrentDropout: 0.2 }], head: { numbers: 1 } }
  const tuning = { strategy: strategyOf('resident-16'), cores: 4 }
  const chosen = async (steps: number, train: boolean, option?: 'auto' | 'resident-8') => {
    const network = { gpu: { tuning, adapterName: 'none' }, spec } as unknown as Measured
    const choice = await chooseStrategy(network, { steps, batch: 32, train }, option)
    return choice.prepare(async (name) => name)
  }
  for (const option of ['auto', undefined] as const) {
    expect(await chosen(1, false, option)).toBe('tile-16')
    expect(await chosen(2, false, option)).toBe('resident-16')
    expect(await chosen(1, true, option)).toBe('resident-16')
  }
  expect(await chosen(1, false, 'resident-8')).toBe('resident-8')
  // Kernels with register-resident weights know no dropout of the state, so a layer that has it is computed in tiles.
  const layer = { ...shape(32, 64).layers[0]!, drops: { state: 0.2 } }
  expect(implementationOf(tuning.strategy).strategiesFor({ ...shape(32, 64), layers: [layer] })).toEqual(['resident-16'])
})

test('another software adapter compiles one plan', async () => {
  await loadKernels('tile-16')
  for (const batch of [32, 1]) expect(implementationOf(strategyOf('tile-16')).strategiesFor(shape(batch, 64))).toEqual(['tile-16'])
})
