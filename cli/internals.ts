// What the command line needs of the library to read and write files, beyond what a user can import: no GPU and no kernels.
export { SluiceError } from '../src/errors'
export { readModelFile, writeModelFile, type ModelFile, type TrainingState } from '../src/formats/model-file'
export { fromOnnx, toOnnx } from '../src/formats/onnx'
export { fromPyTorch, toPyTorch } from '../src/formats/pytorch'
export { describePyTorch } from '../src/formats/pytorch-describe'
export { readSafetensors, writeSafetensors, type FloatTensor } from '../src/formats/safetensors'
export { completeSpec, parameterShapes, type NetworkSpec } from '../src/spec'
