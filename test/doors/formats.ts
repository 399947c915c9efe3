// The doors of the converters, each of which is an entry of its own.
import { type NetworkSpec } from 'sluice'
import { fromKeras, readKerasTensors, toKeras, toKerasWeights } from 'sluice/formats/keras'
import { fromOnnx, readOnnxTensors, toOnnx } from 'sluice/formats/onnx'
import { arraysOf, fromArrays, readNpz, toArrays } from 'sluice/formats/raw'
import { fromTfjs, loadCheckpoint, loadTfjs, tfjsFiles, toTfjs } from 'sluice/formats/tfjs'
import { writeZip } from '../../src/formats/zip'
import type { Bench, Door } from './table'

/** The network that goes out. */
export const imported = (): NetworkSpec => ({ input: { ids: 5, embedding: 3 }, layers: [{ cell: 'lstm', hidden: 3, bias: true }], head: { classes: 5 } })

/** Options of a description. */
export const spec = [
  'input',
  'input.ids',
  'input.embedding',
  'input.features',
  'layers',
  'dropout',
  'head',
  'head.classes',
  'head.numbers',
  'head.loss',
  'head.delta',
  'head.at',
  'head.inputs',
  ...[
    ...['cell', 'hidden', 'projection', 'dense', 'inputs', 'bidirectional', 'merge', 'backwards', 'bias', 'peepholes', 'learnInitial'],
    ...['recurrentActivation', 'activation', 'inputDropout', 'recurrentDropout'],
  ].map((name) => `layers.0.${name}`),
]

/** What the doors are tried on, of the converters. */
export async function files(parameters: ReadonlyMap<string, Float32Array>) {
  return {
    onnx: toOnnx(parameters, imported()),
    keras: await toKeras(parameters, imported()),
    tfjs: toTfjs(parameters, imported()),
    arrays: toArrays(parameters, imported()),
    npz: writeZip(new Map([['x.npy', npy([2, 3], [1, 2, 3, 4, 5, 6])]])),
    checkpoint: new Map([
      ['manifest.json', new TextEncoder().encode(JSON.stringify({ x: { filename: 'x', shape: [2] } }))],
      ['x', new Uint8Array(Float32Array.of(1, 2).buffer)],
    ]),
  }
}

/** As np.save writes it. */
function npy(shape: readonly number[], values: readonly number[]): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`)
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length, 0, ...header, ...new Uint8Array(Float32Array.from(values).buffer)])
}

const read = ['head', 'oneHot']
const written = ['after', 'mask', 'at', 'metadata']
/** The same check of a description as in toKeras and toOnnx. */
const checkedAlike = spec.map((name) => `1.${name}`)
const layout = ['gates', 'transposed', 'forgetBias', 'updateTakesCandidate']
const direction = ['input', 'recurrent', 'joined', 'bias', 'recurrentBias', 'peepholes', 'h0', 'c0']

export const formatDoors: Readonly<Record<string, Door>> = {
  fromOnnx: {
    right: (on) => [on.files.onnx, { head: 'classes' }],
    call: (_, ...args) => fromOnnx(...(args as Parameters<typeof fromOnnx>)),
    options: { 1: ['head'] },
  },
  toOnnx: {
    right: (on) => [on.importedParameters, imported(), { lengths: true, states: true, metadata: { by: 'me' } }],
    call: (_, ...args) => toOnnx(...(args as Parameters<typeof toOnnx>)),
    options: { 1: spec, 2: ['lengths', 'states', 'metadata'] },
  },
  fromKeras: {
    right: (on) => [on.files.keras, { head: 'classes' }],
    call: (_, ...args) => fromKeras(...(args as Parameters<typeof fromKeras>)),
    options: { 1: [...read, 'config', 'spec', ...spec.map((name) => `spec.${name}`)] },
    // A .keras file takes no description at all.
    skip: spec.map((name) => `1.spec.${name}`),
  },
  readOnnxTensors: { right: (on) => [on.files.onnx], call: (_, ...args) => readOnnxTensors(...(args as Parameters<typeof readOnnxTensors>)) },
  readKerasTensors: { right: (on) => [on.files.keras], call: (_, ...args) => readKerasTensors(...(args as Parameters<typeof readKerasTensors>)) },
  readNpz: { right: (on) => [on.files.npz], call: (_, ...args) => readNpz(...(args as Parameters<typeof readNpz>)) },
  loadCheckpoint: {
    right: ({ files }: Bench) => [(name: string) => files.checkpoint.get(name)!],
    call: (_, ...args) => loadCheckpoint(...(args as Parameters<typeof loadCheckpoint>)),
  },
  arraysOf: {
    right: () => [new Map([['a.x', { shape: [1], values: Float32Array.of(1) }]]), 'a.'],
    call: (_, ...args) => arraysOf(...(args as Parameters<typeof arraysOf>))('x'),
  },
  toKeras: {
    right: (on) => [on.importedParameters, imported(), { after: ['softmax'], mask: 0 }],
    call: (_, ...args) => toKeras(...(args as Parameters<typeof toKeras>)),
    options: { 1: spec, 2: written },
  },
  toKerasWeights: {
    right: (on) => [on.importedParameters, imported()],
    call: (_, ...args) => toKerasWeights(...(args as Parameters<typeof toKerasWeights>)),
    options: { 1: spec },
    skip: checkedAlike,
  },
  fromTfjs: {
    right: (on) => [{ ...on.files.tfjs }, { head: 'classes' }],
    call: (_, ...args) => fromTfjs(...(args as Parameters<typeof fromTfjs>)),
    options: { 0: ['modelTopology', 'weightSpecs', 'weightData', 'userDefinedMetadata'], 1: read },
    // A live model has more beside it than is read; of its metadata texts are taken, and nothing else.
    skip: ['0.frozen', '0.userDefinedMetadata'],
  },
  loadTfjs: {
    right: ({ files }: Bench) => [(name: string) => tfjsFiles(files.tfjs).get(name)!, { head: 'classes' }],
    call: (_, ...args) => loadTfjs(...(args as Parameters<typeof loadTfjs>)),
    options: { 1: read },
  },
  toTfjs: {
    right: (on) => [on.importedParameters, imported(), { after: ['softmax'], mask: 0 }],
    call: (_, ...args) => toTfjs(...(args as Parameters<typeof toTfjs>)),
    options: { 1: spec, 2: written },
    skip: checkedAlike,
  },
  tfjsFiles: { right: (on) => [on.files.tfjs, 'weights.bin'], call: (_, ...args) => tfjsFiles(...(args as Parameters<typeof tfjsFiles>)) },
  fromArrays: {
    right: (on) => [imported(), { ...on.files.arrays }],
    call: (_, ...args) => fromArrays(...(args as Parameters<typeof fromArrays>)),
    options: {
      0: spec,
      1: [
        'embedding',
        'layers',
        'head',
        ...['weights', 'bias', 'transposed'].map((name) => `head.${name}`),
        ...['weights', 'bias', ...layout, 'directions', ...direction.map((name) => `directions.0.${name}`)].map((name) => `layers.0.${name}`),
      ],
    },
  },
  toArrays: {
    right: (on) => [on.importedParameters, imported(), { gates: ['i', 'f', 'g', 'o'], transposed: true }],
    call: (_, ...args) => toArrays(...(args as Parameters<typeof toArrays>)),
    options: { 1: spec, 2: layout },
    skip: checkedAlike,
  },
}
