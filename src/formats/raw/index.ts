// `sluice/formats/raw`: the parameters of a network from arrays as any framework has them, and such arrays from the parameters. The converters
// of Keras and TensorFlow.js are written with it.
export type {
  ArrayLayout,
  DenseArrays,
  DirectionArrays,
  GateArrays,
  LayerArrays,
  NetworkArrays,
  WrittenArrays,
  WrittenDense,
  WrittenDirection,
  WrittenLayer,
} from './arrays'
export { fromArrays } from './from'
export { arraysOf } from './named'
export { readNpz } from './npz'
export { toArrays } from './to'
