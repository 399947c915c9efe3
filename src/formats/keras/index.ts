// `sluice/formats/keras`: networks from the files of Keras and to them. HDF5 is read by h5wasm, which the app installs.
export { fromKeras, readKerasTensors, type FromKerasOptions } from './read-file'
export type { KerasNetwork, KerasOptions } from './network'
export type { ToKerasOptions } from './write'
export { toKeras, toKerasWeights } from './write-file'
