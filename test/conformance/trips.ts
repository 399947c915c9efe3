// The ways of a network out of another project and back, and the other way round, which round_trips.mjs and the tests take.
import { cellNames, fromPyTorch, toPyTorch, type CellName, type NetworkSpec } from 'sluice'
import { fromKeras, toKeras } from 'sluice/formats/keras'
import { toOnnx } from 'sluice/formats/onnx'
import { numbers, parametersOf } from '../formats/networks'
import { unpacked, type Packed } from './packed'

/** What a trip is of: all its layers are alike. */
export interface Stack {
  readonly cell: CellName
  readonly layers: number
  readonly bidirectional: boolean
}

export type PackedTensors = Readonly<Record<string, Packed>>

export const [T, B, I, H] = [5, 3, 3, 4]
export const specOf = ({ cell, layers, bidirectional }: Stack): NetworkSpec => ({
  input: { features: I },
  layers: Array.from({ length: layers }, () => ({ cell, hidden: H, bidirectional })),
})

/** Shape, and float32 in base64. */
const packed = (values: Float32Array<ArrayBuffer>, shape: readonly number[]): Packed => ({
  shape,
  data: btoa(String.fromCharCode(...new Uint8Array(values.buffer, values.byteOffset, values.byteLength))),
})

/** The parameters of a state_dict. */
export const fromState = (state: PackedTensors, spec: NetworkSpec) =>
  fromPyTorch(new Map(Object.entries(state).map(([name, tensor]) => [name, { shape: tensor.shape, values: unpacked(tensor) }])), spec)

export const toState = (parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec): PackedTensors =>
  Object.fromEntries([...toPyTorch(parameters, spec)].map(([name, { shape, values }]) => [name, packed(Float32Array.from(values), shape)]))

export const there = {
  pytorch: <Trip extends Stack & { readonly state: PackedTensors }>(trip: Trip) => {
    const spec = specOf(trip)
    return { ...trip, backState: toState(fromState(trip.state, spec), spec) }
  },
  keras: async (file: Uint8Array<ArrayBuffer>) => {
    const { spec, parameters } = await fromKeras(file)
    return toKeras(parameters, spec)
  },
}

/** Sluice's networks as ONNX models, with what goes in. */
export function onnxTrips(): (Stack & { readonly bytes: Uint8Array<ArrayBuffer>; readonly x: Packed })[] {
  const source = numbers(11)
  const x = packed(
    Float32Array.from({ length: T * B * I }, () => source.next().value),
    [T, B, I],
  )
  return cellNames
    .filter((cell) => cell !== 'mgu')
    .flatMap((cell) => [1, 2, 3].flatMap((layers) => [false, true].map((bidirectional) => ({ cell, layers, bidirectional }))))
    .map((stack) => ({ ...stack, bytes: toOnnx(parametersOf(specOf(stack)), specOf(stack)), x }))
}
