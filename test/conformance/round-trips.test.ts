// Round trips by the float64 reference: the results are those of the other project, before and after, and no number of the weights is lost.
import { expect, test } from 'vitest'
import { fromKeras, toKeras } from 'sluice/formats/keras'
import { fromOnnx } from 'sluice/formats/onnx'
import { completeSpec } from '../../src/spec'
import { parametersOf } from '../formats/networks'
import { byReference } from './by-reference'
import { structureOf } from '../formats/keras/structure'
import { compareRun } from './recorded'
import { kerasTrips, onnxResults, pytorchTrips, readKeras, roundTrips } from './round-trips'
import { sha256 } from './sha256'
import { fromState, onnxTrips, specOf, there, toState } from './trips'

const stale = 'Sluice writes something else now: run the commands of round_trips.py again'

test('there is a trip for each cell that the other has, in 1 to 3 layers and 1 or 2 directions', () => {
  expect(Object.values(roundTrips).map(({ length }) => length)).toEqual([4 * 6, 5 * 6, 5 * 6])
})

test.each(Object.entries(roundTrips))('%s: the results', async (_, list) => {
  for (const { name, read } of list) {
    const run = await read()
    expect(compareRun(run, byReference(run)).failed, name).toEqual([])
  }
})

test('PyTorch and back: weights are as they were, and of two biases the sum is', () => {
  for (const trip of pytorchTrips) {
    const spec = specOf(trip)
    const { backState } = there.pytorch(trip)
    expect(sha256(JSON.stringify(backState)), stale).toBe(trip.written)
    expect(Object.keys(backState)).toEqual(expect.arrayContaining(Object.keys(trip.state)))
    for (const [name, tensor] of Object.entries(trip.state)) if (name.startsWith('weight')) expect(backState[name], name).toEqual(tensor)
    expect([...fromState(backState, spec)]).toEqual([...fromState(trip.state, spec)])
    expect(toState(fromState(backState, spec), spec)).toEqual(backState)
  }
})

test('Keras and back: the parameters are as they were', async () => {
  for (const { file, written } of kerasTrips) {
    const { spec, parameters, at } = await readKeras(file)
    const bytes = await toKeras(parameters, spec)
    expect(await structureOf(bytes), stale).toBe(written)
    const again = await fromKeras(bytes)
    expect([again.spec, again.at, [...again.parameters]]).toEqual([spec, at, [...parameters]])
  }
})

test('by ONNX and back: the parameters are as they were', () => {
  const trips = onnxTrips()
  expect(trips.map(({ cell, layers, bidirectional, x }) => ({ cell, layers, bidirectional, x }))).toEqual(
    onnxResults.map(({ cell, layers, bidirectional, x }) => ({ cell, layers, bidirectional, x })),
  )
  expect(
    trips.map(({ bytes }) => sha256(bytes)),
    stale,
  ).toEqual(onnxResults.map(({ written }) => written))
  for (const trip of trips) {
    const { spec, parameters } = fromOnnx(trip.bytes)
    expect(spec).toEqual(completeSpec(specOf(trip)))
    expect([...parameters]).toEqual([...parametersOf(specOf(trip))])
  }
})
