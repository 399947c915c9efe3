// `sluice/formats/tfjs`: networks from the layers models of TensorFlow.js and to them.
export type { KerasNetwork, KerasOptions } from '../keras/network'
export type { ToKerasOptions } from '../keras/write'
export { loadCheckpoint } from './checkpoint'
export { fromTfjs, loadTfjs, type TfjsSource } from './read'
export type { FileSource } from './source'
export { tfjsFiles, toTfjs, type TfjsArtifacts } from './write'
export type { TfjsWeight } from './weights'
