// Writing on a GPU by one workgroup, many characters a dispatch: the characters, and what they are drawn from, against those of the way
// that has dispatches for every character, and of the reference in float64.
import { describe, expect, test, vi } from 'vitest'
import { cellNames } from '../../src/cells'
import type { Gpu } from '../../src/gpu/device'
import { Network } from '../../src/network'
import { forward } from '../../src/reference'
import { completeSpec, parameterShapes, recurrentLayers, type LayerSpec, type NetworkSpec } from '../../src/spec'
import { samplingSteps } from '../../src/schedule/sampling'
import { TextGenerator, type GenerateOptions } from '../../src/text/generator'
import { asIf, numbers, perCharacter, testDevice, worstError } from '../support/kernel'

const layersOf = (count: number, layer: LayerSpec): LayerSpec[] => Array.from({ length: count }, () => layer)
const specOf = (layers: readonly LayerSpec[], V = 9, embedding = 0): NetworkSpec => ({
  input: { ids: V, ...(embedding && { embedding }) },
  layers,
  head: { classes: V },
})

/** What a device writes after a prefix, what that was drawn from, and by how many dispatches. */
async function write(
  gpu: Gpu,
  spec: NetworkSpec,
  options: GenerateOptions,
  prefix = [1, 4, 0, 3],
): Promise<{ ids: number[]; logits: number[]; dispatches: number }> {
  const V = (spec.head as { classes: number }).classes
  const network = await Network.create({ device: gpu, ...spec })
  network.writeParameters(valuesOf(spec))
  const writer = await TextGenerator.create(network)
  const [ids, logits]: number[][] = [[], []]
  const dispatched = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups')
  for await (const part of writer.generate(Uint32Array.from(prefix), options, true)) {
    ids!.push(...part.ids)
    for (let n = 0; n < part.ids.length; n++) logits!.push(...part.logits!.subarray(n * writer.stride, n * writer.stride + V))
  }
  const dispatches = dispatched.mock.calls.length
  dispatched.mockRestore()
  writer.destroy()
  network.destroy()
  return { ids: ids!, logits: logits!, dispatches }
}

/** So small that an error of rounding dies away, and does not grow from step to step. */
const valuesOf = (spec: NetworkSpec): Map<string, Float32Array<ArrayBuffer>> =>
  new Map(
    [...parameterShapes(spec)].map(([name, shape], i) => {
      const scale = name.endsWith('.U') ? 1 / Math.sqrt(shape[1]!) : 1
      return [
        name,
        numbers(
          shape.reduce((n, size) => n * size, 1),
          i + 1,
        ).map((v) => v * scale),
      ] as const
    }),
  )

const options = { length: 200, temperature: 0.7, topK: 4, seed: 8 } satisfies GenerateOptions

/** Both ways write the same from the same random numbers, of what the reference says they are drawn from. */
async function agree(spec: NetworkSpec, given: GenerateOptions = options): Promise<void> {
  const gpu = asIf(await testDevice(), false)
  const prefix = [1, 4, 0, 3]
  const [loop, every] = [await write(gpu, spec, given, prefix), await write(perCharacter(gpu), spec, given, prefix)]
  expect(loop.ids).toEqual(every.ids)
  expect(worstError(loop.logits, every.logits, 1)).toBeLessThan(1e-5)
  const learned = recurrentLayers(spec).filter(({ layer }) => layer.learnInitial).length // each is put in place before the first
  expect(loop.dispatches).toBe(Math.ceil((given.length + prefix.length - 1) / 128) + learned)
  expect(every.dispatches).toBeGreaterThan(2 * given.length)
  const values = new Map([...valuesOf(spec)].map(([name, v]) => [name, Float64Array.from(v)]))
  const V = (spec.head as { classes: number }).classes
  const { logits } = forward(spec, values, { ids: Uint32Array.from([...prefix, ...loop.ids.slice(0, -1)]) }, { batch: 1 })
  expect(worstError(loop.logits, logits.slice((prefix.length - 1) * V), 1)).toBeLessThan(1e-4)
}

describe.each(cellNames)('%s', (cell) => {
  test.each([1, 2])('%i layers: the same characters, a dispatch for 128 of them', (count) => agree(specOf(layersOf(count, { cell, hidden: 13 }))))
})

test.each<[string, NetworkSpec, GenerateOptions?]>([
  [
    'three layers without biases that learn their initial states, embedding',
    specOf(layersOf(3, { cell: 'gru-reset-after', hidden: 9, bias: false, learnInitial: true }), 9, 7),
  ],
  ['peepholes, embedding longer than the state', specOf(layersOf(2, { cell: 'lstm', hidden: 6, peepholes: true }), 9, 30)],
  ['more columns than invocations', specOf(layersOf(1, { cell: 'mgu', hidden: 270 }), 5), { ...options, length: 20 }],
  ['more classes than invocations have fours', specOf(layersOf(1, { cell: 'gru', hidden: 5 }), 1100), { ...options, length: 20 }],
  ['always the likeliest', specOf(layersOf(1, { cell: 'lstm', hidden: 12 })), { ...options, temperature: 0 }],
])('%s', (_, spec, given) => agree(spec, given))

test('a dispatch is cut where all steps of a submit would take more than 50 ms', async () => {
  const gpu = asIf(await testDevice(), false)
  const spec = specOf(layersOf(24, { cell: 'rnn', hidden: 4 }))
  const { workgroupRate: groupRate } = gpu.tuning
  const whole = await write(gpu, spec, { ...options, length: 130 })
  expect(whole.dispatches).toBe(2)
  // So slow a workgroup that a character takes it 0.7 ms.
  const weights = 16 * (47 + 3)
  vi.spyOn(gpu, 'tuning', 'get').mockReturnValue({ ...gpu.tuning, workgroupRate: (2 * weights) / 0.7e-3 })
  expect(gpu.tuning.workgroupRate).toBeLessThan(groupRate)
  const cut = await write(gpu, spec, { ...options, length: 130 })
  expect(cut.dispatches).toBe(3)
  expect(cut.ids).toEqual(whole.ids)
  expect(cut.logits).toEqual(whole.logits)
})

test.each<[boolean, string, NetworkSpec]>([
  [true, 'an LSTM of 256 units', specOf([{ cell: 'lstm', hidden: 256 }], 64)],
  [true, 'three layers of 128 units', specOf(layersOf(3, { cell: 'gru', hidden: 128 }), 64)],
  [false, 'an LSTM of 512 units, which all workgroups make sooner', specOf([{ cell: 'lstm', hidden: 512 }], 64)],
  [false, 'more states than fit into a workgroup', specOf(layersOf(40, { cell: 'lstm', hidden: 64 }), 64)],
  [
    false,
    'layers that differ',
    specOf([
      { cell: 'lstm', hidden: 12 },
      { cell: 'lstm', hidden: 8 },
    ]),
  ],
])('whether one workgroup writes: %s for %s', async (fits, _, spec) => {
  const gpu = asIf(await testDevice(), false)
  expect(samplingSteps(gpu.tuning, completeSpec(spec))).toBe(fits ? 128 : 64)
})
