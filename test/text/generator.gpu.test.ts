// Writing by one workgroup that holds all matrices, and as on hardware, against the reference in float64: what each
// token was drawn from, and the draw.
import { expect, test } from 'vitest'
import { cellNames } from '../../src/cells'
import { Network } from '../../src/network'
import { forward } from '../../src/reference'
import { parameterShapes, type LayerSpec, type NetworkSpec } from '../../src/spec'
import { TextGenerator, type GenerateOptions } from '../../src/text/generator'
import { drawn } from '../../src/agreement/drawn'
import { asIf, numbers, testDevice, worstError } from '../support/kernel'
import { sampled } from '../support/sampled'

const layersOf = (count: number, layer: LayerSpec): LayerSpec[] => Array.from({ length: count }, () => layer)
interface Writing {
  name: string
  V?: number
  embedding?: number
  layers: LayerSpec[]
}
const peepholes: Writing = { name: 'LSTM with peepholes', layers: layersOf(2, { cell: 'lstm', hidden: 6, peepholes: true }) }
const networks: Writing[] = [
  ...cellNames.flatMap((cell) => [
    { name: `${cell}, reads ids`, layers: layersOf(1, { cell, hidden: 13 }) },
    { name: `${cell}, two layers, no biases, learned initial state`, layers: layersOf(2, { cell, hidden: 20, bias: false, learnInitial: true }) },
    { name: `${cell}, four layers, embedding`, embedding: 7, layers: layersOf(4, { cell, hidden: 9 }) },
  ]),
  peepholes,
  { name: 'LSTM with the most terms of the small kernel', V: 5, layers: layersOf(1, { cell: 'lstm', hidden: 128 }) },
  { name: 'LSTM, two layers, embedding, more terms than that', embedding: 30, layers: layersOf(2, { cell: 'lstm', hidden: 40 }) },
  { name: 'GRU, products longer than 256', V: 5, layers: layersOf(1, { cell: 'gru', hidden: 276 }) },
  { name: 'RNN with the most terms', V: 5, layers: layersOf(1, { cell: 'rnn', hidden: 512 }) },
  { name: 'RNN with the most classes, longer embedding than state', V: 1024, embedding: 150, layers: layersOf(2, { cell: 'rnn', hidden: 5 }) },
]

const steps = 300
const held = [
  { way: 'matrices held', subgroups: true, isSoftware: true },
  { way: 'matrices held, without subgroups', subgroups: false, isSoftware: true },
]
// More of this way is in write-loop.gpu.test.ts.
const alone = { way: 'one workgroup, as on hardware', subgroups: true, isSoftware: false }

const cases = [...networks.flatMap((network) => held.map((way) => ({ ...network, ...way }))), { ...peepholes, ...alone }]
type Written = (typeof cases)[number]
/** What is peculiar to a network: how it is built, whatever its cell. */
const kindOf = ({ name }: Written) => name.replace(/^\S+(?= (?:reads|two layers, no|four))/, '')
const axes = { cell: ({ layers }: Written) => layers[0]!.cell, kind: kindOf, way: ({ way }: Written) => way }
test.each(sampled(cases, { axes, pairs: [['cell', 'way']] }))('$name; $way', async ({ V = 9, embedding, layers, subgroups, isSoftware }) => {
  const spec: NetworkSpec = { input: { ids: V, ...(embedding && { embedding }) }, layers, head: { classes: V } }
  const network = await Network.create({ device: asIf(await testDevice(subgroups), isSoftware), ...spec })
  const values = new Map(
    [...parameterShapes(spec)].map(([name, shape], i) => {
      // So that an error of rounding dies away, and does not grow from step to step.
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
  network.writeParameters(values)
  const writer = await TextGenerator.create(network)
  const ids = [1, 4, 0, 3]
  const given = ids.length
  const rows: number[][] = []
  const options = { length: steps - given, temperature: 0.7, topK: 4, seed: 8 } satisfies GenerateOptions
  for await (const { ids: more, logits } of writer.generate(Uint32Array.from(ids), options, true)) {
    more.forEach((id, n) => {
      ids.push(id)
      rows.push([...logits!.subarray(n * writer.stride, n * writer.stride + V)])
    })
  }
  expect(ids.length).toBe(steps)
  const { logits } = forward(
    spec,
    new Map([...values].map(([name, v]) => [name, Float64Array.from(v)])),
    { ids: Uint32Array.from(ids.slice(0, -1)) },
    { batch: 1 },
  )
  expect(worstError(rows.flat(), logits.slice((given - 1) * V), 1)).toBeLessThan(1e-4)
  const expected = rows.map((row, n) => drawn(row, { ...options, index: given - 1 + n }))
  expect(expected.filter((id) => id !== null).length).toBeGreaterThan(0.9 * rows.length)
  expected.forEach((id, n) => id !== null && expect(ids[given + n]).toBe(id))
  writer.destroy()
  network.destroy()
})
