// A model as a file: a safetensors file that any reader of that format can open. The parameters have the names and logical shapes of
// `parameterShapes`. The metadata has the description of the network, the vocabulary (or the scale of a series) and the progress of a training, in JSON. A training
// has tensors of its own:
//
//   training.mean.layers.0.W          optimizer state (adam: mean and square) of each parameter
//   training.copy-of-mean.layers.0.W  its copy for rollback, if there is one; training.copy-of-parameters.… for the parameters
//   training.carried.layers.0.h       [B, D, H], the state that the next batch starts from, unless it is fresh
//
// A checksum in the metadata covers all of it (checksum.ts), so a damaged file is refused.
import { cells } from '../cells'
import { checkSpec } from '../check-spec'
import { checkCount, checkNumber, checkOptions, show, SluiceError } from '../errors'
import { checkFinite, checkSavable } from '../finite'
import { completeSpec, directions, isDense, parameterShapes, stateSize, type NetworkSpec } from '../spec'
import { checksumOf } from './checksum'
import { readSafetensors, writeSafetensors, type FloatTensor, type StoredTensor } from './safetensors'

/** Increased when older readers cannot read the new files. Files of version 1, which other tools may write too, need no checksum; files of
 * version 2 have one. (The two digits differ in two bits, so one flipped bit cannot turn one into the other.) */
const version = 2
const versionWithoutChecksum = 1

const modelKinds = ['Network', 'TextModel', 'BlankModel', 'SeriesModel'] as const
export type ModelKind = (typeof modelKinds)[number]
type Values = ReadonlyMap<string, Float32Array>

/** The state of a training between two steps. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** The kind of the optimizer. */
  readonly optimizer: string
  /** The numbers of the optimizer, without the learning rate. */
  readonly settings?: Readonly<Record<'beta1' | 'beta2' | 'epsilon' | 'decay', number>>
  /** How the recurrences were dispatched: another strategy rounds differently. */
  readonly strategy?: string
  /** B, rows of a batch. */
  readonly batch: number
  /** Optimizer state by name (`mean`), then by parameter; and the copies for rollback. */
  readonly optimizerState: ReadonlyMap<string, Values>
  /** The states that the next batch starts from unless it is fresh, by name (`layers.ℓ.h`), each [B, D, H]; empty for a network that
   * cannot carry its state. */
  readonly carried: Values
  /** The state of the loop around the trainer, as data for JSON. */
  readonly loop?: unknown
}

export interface ModelFile {
  /** The class that saved it. */
  readonly model: ModelKind
  readonly spec: NetworkSpec
  readonly parameters: Values
  /** Data for JSON; only in models with a vocabulary. */
  readonly vocabulary?: unknown
  /** Data for JSON; only in models of a series. */
  readonly series?: unknown
  readonly training?: TrainingState
}

const settingNames = { beta1: true, beta2: true, epsilon: true, decay: true } as const

const badFile = (what: string, options?: ErrorOptions) => new SluiceError('bad-file', what, options)

/** Writes a model file. @throws SluiceError `not-finite` for a tensor that is not finite: no reader accepts it. */
export function writeModelFile({ model, spec, parameters, vocabulary, series, training }: ModelFile): Uint8Array<ArrayBuffer> {
  const shapes = parameterShapes(spec)
  const tensors = new Map<string, FloatTensor>()
  const add = (prefix: string, values: Values, shapeOf: (name: string) => readonly number[]) => {
    for (const [name, v] of values) tensors.set(prefix + name, { shape: shapeOf(name), values: v })
  }
  add('', parameters, (name) => shapes.get(name)!)
  if (training) {
    for (const [name, values] of training.optimizerState) add(`training.${name}.`, values, (name) => shapes.get(name)!)
    add('training.carried.', training.carried, (name) => stateShape(spec, name, training.batch))
  }
  checkSavable(tensors)
  const { step, optimizer, settings, strategy, batch, loop } = training ?? {}
  const metadata = {
    format: 'sluice',
    version: String(version),
    model,
    spec: JSON.stringify(completeSpec(spec)),
    ...(vocabulary !== undefined && { vocabulary: JSON.stringify(vocabulary) }),
    ...(series !== undefined && { series: JSON.stringify(series) }),
    ...(training && { training: JSON.stringify({ step, optimizer, settings, strategy, batch, loop }) }),
  }
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength)
  const stored = [...tensors].map(([name, { shape, values }]) => [name, { dtype: 'F32', shape, bytes: bytesOf(values) }] as const)
  return writeSafetensors(tensors, { ...metadata, checksum: checksumOf(metadata, new Map(stored)) })
}

/** Reads a model file. Its description determines which tensors it must have, and their shapes.
 * @throws SluiceError `bad-file`: damaged, not written by Sluice, of a newer version, or not as it describes itself. */
export function readModelFile(bytes: Uint8Array | ArrayBuffer): ModelFile {
  const { tensors, metadata } = readSafetensors(bytes)
  if (metadata.format !== 'sluice') {
    const names = [...tensors.keys()]
    const some = `${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`
    throw badFile(
      `this safetensors file is not a model saved by Sluice: its metadata lacks the format "sluice" (its tensors: ${some || 'none'}). ` +
        'For weights from PyTorch, create the network, read the file by readSafetensors and convert it by fromPyTorch.',
    )
  }
  if (metadata.version !== String(version) && metadata.version !== String(versionWithoutChecksum))
    throw badFile(`the model file has version ${String(metadata.version).slice(0, 20)}, expected ${version}. Was it saved by a newer Sluice? Update this one.`)
  checkChecksum(metadata, tensors)
  const model = modelKinds.find((kind) => kind === metadata.model)
  if (!model) throw badFile(`the model of the file is ${show(metadata.model)}, expected one of ${modelKinds.join(', ')}. Was the file damaged?`)
  const spec = readSpec(parseMetadata(metadata, 'spec'))
  const parameters = checkTensors(spec, new Map([...tensors].filter(([name]) => !name.startsWith('training.'))))
  const training = metadata.training === undefined ? undefined : readTraining(spec, parseMetadata(metadata, 'training'), tensors)
  const vocabulary = metadata.vocabulary === undefined ? undefined : parseMetadata(metadata, 'vocabulary')
  const series = metadata.series === undefined ? undefined : parseMetadata(metadata, 'series')
  return { model, spec, parameters, vocabulary, series, ...(training && { training }) }
}

/** @throws SluiceError `bad-file` unless the checksum fits the content. */
function checkChecksum(metadata: Readonly<Record<string, string>>, tensors: ReadonlyMap<string, StoredTensor>): void {
  const { checksum, version } = metadata
  if (checksum === undefined && version === String(versionWithoutChecksum)) return
  const expected = checksumOf(metadata, tensors)
  if (checksum === expected) return
  throw badFile(
    `the model file is damaged: ${checksum === undefined ? 'it lacks its checksum' : `its checksum is ${show(checksum)}`}, but its content has ${expected}. ` +
      `Copy or download it again, or use an earlier save. (If you changed it on purpose, write it with version "${versionWithoutChecksum}" and without a checksum in its metadata.)`,
  )
}

function parseMetadata(metadata: Readonly<Record<string, string>>, key: string): unknown {
  try {
    return JSON.parse(metadata[key] ?? '')
  } catch (cause) {
    throw badFile(`the model file's ${key} is ${show(metadata[key])}, expected JSON. Was the file damaged?`, { cause })
  }
}

function readSpec(spec: unknown): NetworkSpec {
  try {
    return completeSpec(checkSpec(spec as NetworkSpec))
  } catch (cause) {
    throw badFile(`the model file does not describe a valid network: ${(cause as Error).message}. Was the file damaged?`, { cause })
  }
}

function readTraining(spec: NetworkSpec, record: unknown, tensors: ReadonlyMap<string, StoredTensor>): TrainingState {
  const { step, optimizer, settings, strategy, batch, loop } = (record ?? {}) as Record<string, unknown>
  try {
    checkCount('step', step, { min: 0 })
    checkCount('batch', batch)
    if (typeof optimizer !== 'string') throw new SluiceError('bad-file', `optimizer is ${show(optimizer)}, expected a name`)
    if (settings !== undefined)
      for (const name of Object.keys(checkOptions('settings', settings as object, '{ beta1: 0.9 }', settingNames)))
        checkNumber(name, (settings as Record<string, unknown>)[name])
  } catch (cause) {
    throw badFile(`the model file's training is damaged: ${(cause as Error).message}`, { cause })
  }
  const groups = new Map<string, Map<string, StoredTensor>>()
  for (const [name, tensor] of tensors) {
    const [, group, rest] = /^training\.([^.]+)\.(.+)$/.exec(name) ?? []
    if (group) groups.set(group, (groups.get(group) ?? new Map<string, StoredTensor>()).set(rest!, tensor))
  }
  const carried = new Map<string, Float32Array>()
  for (const [name, tensor] of groups.get('carried') ?? []) carried.set(name, checkShape(spec, name, tensor, stateShape(spec, name, batch as number)))
  groups.delete('carried')
  const optimizerState = new Map([...groups].map(([name, group]) => [name, checkTensors(spec, group)]))
  return {
    step: step as number,
    optimizer: optimizer as string,
    batch: batch as number,
    optimizerState,
    carried,
    loop,
    ...(settings !== undefined && { settings: settings as NonNullable<TrainingState['settings']> }),
    ...(typeof strategy === 'string' && { strategy }),
  }
}

/** [B, D, H] of the state `layers.ℓ.h` or `layers.ℓ.c`. */
function stateShape(spec: NetworkSpec, name: string, batch: number): readonly number[] {
  const [, l, state] = /^layers\.(\d+)\.([hc])$/.exec(name) ?? []
  const layer = spec.layers[Number(l)]
  if (!layer || isDense(layer) || !cells[layer.cell].states.some((known) => known === state))
    throw badFile(`the file has training.carried.${name}, but its network has no such state. Was the file damaged?`)
  return [batch, directions(layer), stateSize(layer, state as 'h' | 'c')]
}

/** Exactly the parameters of the network, in their shapes. @throws SluiceError `bad-file`. */
function checkTensors(spec: NetworkSpec, tensors: ReadonlyMap<string, StoredTensor>): Values {
  const shapes = parameterShapes(spec)
  for (const name of tensors.keys())
    if (!shapes.has(name)) throw badFile(`the file has a tensor ${name}, but its network has no such parameter. It has ${[...shapes.keys()].join(', ')}.`)
  return new Map(
    [...shapes].map(([name, shape]) => {
      const tensor = tensors.get(name)
      if (!tensor) throw badFile(`the file lacks ${name} [${shape.join(', ')}], a parameter of its network. Was the file edited?`)
      return [name, checkShape(spec, name, tensor, shape)]
    }),
  )
}

/** The values of a tensor with the expected shape, all of them finite.
 * @throws SluiceError `bad-file`: «lstm layer 1: U is [1, 100, 4, 100], expected [1, 128, 4, 128] (H = 128) …». */
function checkShape(spec: NetworkSpec, name: string, tensor: StoredTensor, expected: readonly number[]): Float32Array {
  const { shape } = tensor
  if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) {
    const { values } = tensor
    checkFinite(tensor.name, values, { code: 'bad-file', advice: 'Was it saved after its training diverged, or damaged? Use an earlier file' })
    return values
  }
  const l = Number(/^layers\.(\d+)\./.exec(name)?.[1] ?? NaN)
  const layer = spec.layers[l]
  const parameter = layer ? `${isDense(layer) ? 'dense' : layer.cell} layer ${l}: ${name.split('.').at(-1)}` : name
  const came = shape.at(-1)
  const [option, size] = !layer ? [] : isDense(layer) ? ['dense', layer.dense] : ['hidden', layer.hidden]
  throw badFile(
    `${parameter} is [${shape.join(', ')}], expected [${expected.join(', ')}]${layer ? ` (${option} = ${size})` : ''}. ` +
      (layer && came !== size ? `Was it saved with ${option} = ${came}?` : 'Was the file put together from two models?'),
  )
}
