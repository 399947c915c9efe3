// The conformance suites as tests; `npm run conformance` prints all of them as a table.
import { describe, expect, test } from 'vitest'
import { recurrentLayers } from '../../src/spec'
import { testDevice } from '../support/kernel'
import { sampled } from '../support/sampled'
import { runCase, suites } from './cases'
import { compareRun, recorded, runOnGpu, type Run } from './recorded'
import { roundTrips } from './round-trips'

test('the suites are as large as they should be', () => {
  expect(suites.ONNX!.length).toBe(18)
  expect(suites.PyTorch!.length).toBeGreaterThanOrEqual(60)
  expect(suites.Keras!.length).toBe(28)
})

const all = Object.entries(suites).flatMap(([suite, cases]) => cases.map((c) => ({ suite, c })))
type One = (typeof all)[number]
const axes = {
  suite: ({ suite }: One) => suite,
  cell: ({ c }: One) => c.cell,
  stack: ({ c }: One) => [c.layers, c.bidirectional],
  bias: ({ c }: One) => c.bias,
  lengths: ({ c }: One) => c.lengths !== null,
  mask: ({ c }: One) => c.mask !== undefined,
  peepholes: ({ c }: One) => c.peepholes ?? false,
  projection: ({ c }: One) => c.projection !== undefined,
  gradients: ({ c }: One) => c.gradients !== undefined,
}
// ONNX's and Keras' are few, and each is of its own kind; PyTorch's are a product, but for those with projections.
const taken = sampled(all, {
  axes,
  pairs: [
    ['suite', 'cell'],
    ['cell', 'stack'],
    ['cell', 'lengths'],
  ],
  always: ({ suite, c }) => suite !== 'PyTorch' || c.projection !== undefined,
})
describe.each(Object.keys(suites))('%s', (suite) => {
  for (const { c } of taken.filter((one) => one.suite === suite)) {
    test(c.name, async () => expect((await runCase(await testDevice(), c)).failed).toEqual([]))
  }
})

// recorded.test.ts and round-trips.test.ts compare all of these with the reference.
const runs = Object.entries(recorded).flatMap(([project, list]) =>
  list.flatMap(({ name, read }) => {
    const run = read()
    return 'refused' in run ? [] : [{ project, name, run }]
  }),
)
const cellsOf = ({ run }: { readonly run: Run }) => recurrentLayers(run.spec).map(({ layer }) => layer.cell)
for (const { project, name, run } of sampled(runs, { axes: { project: ({ project }) => project, cell: (one) => cellsOf(one)[0] } }))
  test(`${project}, ${name}`, async () => expect(compareRun(run, await runOnGpu(await testDevice(), run)).failed).toEqual([]))

const trips = Object.entries(roundTrips).flatMap(([way, list]) => list.map((trip) => ({ way, ...trip })))
for (const { way, name, read } of sampled(trips, { axes: { way: ({ way }) => way } }))
  test(`${way}, ${name}`, async () => {
    const run = await read()
    expect(compareRun(run, await runOnGpu(await testDevice(), run)).failed).toEqual([])
  })
