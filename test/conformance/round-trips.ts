// Every cell in 1 to 3 layers and 1 or 2 directions on its way from PyTorch to Sluice and back, from Keras to Sluice and back, and from Sluice by ONNX
// to ONNX Runtime and back: what Sluice makes of it, and what the other makes of what came back (round_trips.py).
import { fromKeras } from 'sluice/formats/keras'
import { fromOnnx } from 'sluice/formats/onnx'
import { bytesOf, exchanged, unpacked, type Packed } from './packed'
import type { Made, Run } from './recorded'
import trips from './round-trips.json'
import { B, fromState, onnxTrips, specOf, T, type PackedTensors, type Stack } from './trips'

interface Trip extends Stack {
  readonly x: Packed
  readonly y: Packed
  /** What the other project gives of what came back. */
  readonly back?: Packed
  /** A hash of what Sluice wrote (round_trips.mjs). */
  readonly written: string
}

export interface RoundTrip {
  readonly name: string
  readonly times: 1
  readonly read: () => Promise<Run>
}

async function unzipped(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** @param steps [B, T, …] or [T, B, …] as [T, B, …] */
const runOf = ({ x, y, back }: Trip, { spec, parameters }: Pick<Run, 'spec' | 'parameters'>, steps: (values: Packed) => ArrayLike<number>): Run => ({
  spec,
  parameters,
  steps: T,
  batch: B,
  features: Float32Array.from(steps(x)),
  expected: [
    { what: 'outputs', values: steps(y), of: ({ outputs }: Made) => outputs },
    ...(back ? [{ what: 'what the other gives of what came back', values: unpacked(y), of: () => unpacked(back) }] : []),
  ],
})

const turned = (values: Packed) => exchanged(unpacked(values), [B, T])

const named = <One extends Trip>(list: readonly One[], read: (trip: One) => Promise<Run>): RoundTrip[] =>
  list.map((trip) => ({
    name: `${trip.cell}, ${trip.layers} layers, ${trip.bidirectional ? 'both directions' : 'forward'}`,
    times: 1,
    read: () => read(trip),
  }))

export const pytorchTrips = trips.pytorch as unknown as readonly (Trip & { readonly state: PackedTensors })[]
export const kerasTrips = trips.keras as unknown as readonly (Trip & { readonly file: string })[]
const made = onnxTrips()
export const onnxResults = trips.onnx as unknown as readonly Trip[]

export const readKeras = async (file: string) => fromKeras(await unzipped(file))

export const roundTrips: Readonly<Record<string, readonly RoundTrip[]>> = {
  'PyTorch and back': named(pytorchTrips, async (trip) => {
    const spec = specOf(trip)
    return runOf(trip, { spec, parameters: fromState(trip.state, spec) }, unpacked)
  }),
  'Keras and back': named(kerasTrips, async (trip) => runOf(trip, await readKeras(trip.file), turned)),
  'by ONNX and back': named(onnxResults, async (trip) => {
    const { bytes, x } = made.find((one) => one.cell === trip.cell && one.layers === trip.layers && one.bidirectional === trip.bidirectional)!
    return runOf({ ...trip, x }, fromOnnx(bytes), unpacked)
  }),
}
