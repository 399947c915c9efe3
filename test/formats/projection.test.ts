// Formats without projected states say so, and what to do.
import { expect, test } from 'vitest'
import { toKeras } from '../../src/formats/keras'
import { toOnnx } from '../../src/formats/onnx'
import { fromArrays, toArrays } from '../../src/formats/raw'
import { toTfjs } from '../../src/formats/tfjs'
import { initialise } from '../../src/initialise'
import type { NetworkSpec } from '../../src/spec'

const spec: NetworkSpec = { input: { features: 2 }, layers: [{ cell: 'lstm', hidden: 4, projection: 3 }], head: { classes: 2 } }
const parameters = initialise(spec, 1)
const zeros = (n: number) => new Float32Array(n)
const direction = { input: zeros(32), recurrent: zeros(48), bias: zeros(16) }

test.each<[string, () => unknown]>([
  ['toOnnx', () => toOnnx(parameters, spec)],
  ['toKeras', () => toKeras(parameters, spec)],
  ['toTfjs', () => toTfjs(parameters, spec)],
  ['toArrays', () => toArrays(parameters, spec)],
  ['fromArrays', () => fromArrays(spec, { layers: [{ directions: [direction] }], head: { weights: zeros(6), bias: zeros(2) } })],
])('%s refuses a projection', async (_, call) => {
  const made = async () => call()
  await expect(made()).rejects.toThrow(
    expect.objectContaining({ code: 'bad-value', message: expect.stringMatching(/^layers(\[0\]|\.0)\.projection is set, .*PyTorch/) }),
  )
})
