// `sluice/formats/onnx`: networks from ONNX models and to them.
export { fromOnnx, type FromOnnxOptions, type OnnxNetwork } from './read'
export { readOnnxTensors } from './tensors'
export { toOnnx, type ToOnnxOptions } from './write'
