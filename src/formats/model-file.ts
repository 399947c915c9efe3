// A model as a file: a safetensors file that any reader of that format can open. The parameters have the names and
// logical shapes of `parameterShapes`; what the network is, the vocabulary and where a training stands are JSON in the
// metadata. What a training needs beside the parameters is in tensors of its own:
//
//   training.mean.layers.0.W    what the optimizer remembers (adam: mean and square) of each parameter
//   training.copy-of-mean.layers.0.W  the same of the copy that it would roll back to, and training.copy-of-parameters.…, if it may
//   training.carried.layers.0.h [B, D, H]: the state that the next batch begins with, unless it is fresh
//
// A checksum in the metadata is of all that (checksum.ts): a file that was damaged is refused, and not loaded in silence.
import { cells } from '../cells'
import { checkSpec } from '../check'
import { checkCount, checkNumber, checkOptions, show, SluiceError } from '../errors'
import { checkFinite, checkSaved } from '../finite'
import { completeSpec, directions, parameterShapes, type NetworkSpec } from '../spec'
import { checksumOf } from './checksum'
import { readSafetensors, writeSafetensors, type FloatTensor, type StoredTensor } from './safetensors'

/** Rises when files are written that the readers before could not read. Files of version 1, which others may write too, need no
 * checksum; those of version 2 have one. (It is two bits from the one to the other, so that no flipped bit makes one of the other.) */
const version = 2
const withoutChecksum = 1

const kinds = ['Network', 'TextModel', 'BlankModel'] as const
export type ModelKind = (typeof kinds)[number]
type Values = ReadonlyMap<string, Float32Array>

/** Where a training stands, between two steps. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** The kind of the optimizer. */
  readonly optimizer: string
  /** Its other numbers, but for the rate. */
  readonly settings?: Readonly<Record<'beta1' | 'beta2' | 'epsilon' | 'decay', number>>
  /** How the recurrences were dispatched: another strategy rounds otherwise. */
  readonly strategy?: string
  /** B, rows of a batch. */
  readonly batch: number
  /** What the optimizer remembers, by its name for it, then by parameter; and the copies of a training that rolls back. */
  readonly memory: ReadonlyMap<string, Values>
  /** The states that the next batch begins with unless it is fresh, by name (`layers.ℓ.h`), each [B, D, H]; empty for a
   * network that carries none. */
  readonly carried: Values
  /** What a loop around the trainer has to know, as data for JSON. */
  readonly loop?: unknown
}

export interface ModelFile {
  /** The class that saved it. */
  readonly model: ModelKind
  readonly spec: NetworkSpec
  readonly parameters: Values
  /** Data for JSON, of models that have one. */
  readonly vocabulary?: unknown
  readonly training?: TrainingState
}

const settingNames = { beta1: true, beta2: true, epsilon: true, decay: true } as const

const badFile = (what: string, options?: ErrorOptions) => new SluiceError('bad-file', what, options)

/** Writes a model file. @throws SluiceError `not-finite` for a tensor that is not, which no reader would take. */
export function writeModelFile({ model, spec, parameters, vocabulary, training }: ModelFile): Uint8Array<ArrayBuffer> {
  const shapes = parameterShapes(spec)
  const tensors = new Map<string, FloatTensor>()
  const add = (prefix: string, values: Values, shapeOf: (name: string) => readonly number[]) => {
    for (const [name, v] of values) tensors.set(prefix + name, { shape: shapeOf(name), values: v })
  }
  add('', parameters, (name) => shapes.get(name)!)
  if (training) {
    for (const [what, values] of training.memory) add(`training.${what}.`, values, (name) => shapes.get(name)!)
    add('training.carried.', training.carried, (name) => stateShape(spec, name, training.batch))
  }
  checkSaved(tensors)
  const { step, optimizer, settings, strategy, batch, loop } = training ?? {}
  const metadata = {
    format: 'sluice',
    version: String(version),
    model,
    spec: JSON.stringify(completeSpec(spec)),
    ...(vocabulary !== undefined && { vocabulary: JSON.stringify(vocabulary) }),
    ...(training && { training: JSON.stringify({ step, optimizer, settings, strategy, batch, loop }) }),
  }
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength)
  const stored = [...tensors].map(([name, { shape, values }]) => [name, { dtype: 'F32', shape, bytes: bytesOf(values) }] as const)
  return writeSafetensors(tensors, { ...metadata, checksum: checksumOf(metadata, new Map(stored)) })
}

/** Reads a model file. Its own description decides which tensors must be there and in which shapes.
 * @throws SluiceError `bad-file`: damaged, not a model of Sluice's, of a newer version, or not what its description says. */
export function readModelFile(bytes: Uint8Array | ArrayBuffer): ModelFile {
  const { tensors, metadata } = readSafetensors(bytes)
  if (metadata.format !== 'sluice') {
    const names = [...tensors.keys()]
    const some = `${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`
    throw badFile(
      `this safetensors file is no model that Sluice saved: its metadata has no format "sluice" (its tensors: ${some || 'none'}). ` +
        'For weights from PyTorch, create the network and use fromPyTorch.',
    )
  }
  if (metadata.version !== String(version) && metadata.version !== String(withoutChecksum))
    throw badFile(
      `the model file is of version ${String(metadata.version).slice(0, 20)}, expected ${version}. Was it saved by a newer Sluice? Update this one.`,
    )
  checkChecksum(metadata, tensors)
  const model = kinds.find((kind) => kind === metadata.model)
  if (!model) throw badFile(`the model file holds a ${show(metadata.model)}, expected one of ${kinds.join(', ')}. Was the file damaged?`)
  const spec = readSpec(json(metadata, 'spec'))
  const own = [...tensors].filter(([name]) => !name.startsWith('training.'))
  const parameters = checkTensors(spec, new Map(own))
  const training = metadata.training === undefined ? undefined : readTraining(spec, json(metadata, 'training'), tensors)
  const vocabulary = metadata.vocabulary === undefined ? undefined : json(metadata, 'vocabulary')
  return { model, spec, parameters, vocabulary, ...(training && { training }) }
}

/** Refuses a file that is not what was written. */
function checkChecksum(metadata: Readonly<Record<string, string>>, tensors: ReadonlyMap<string, StoredTensor>): void {
  const { checksum, version } = metadata
  if (checksum === undefined && version === String(withoutChecksum)) return
  const is = checksumOf(metadata, tensors)
  if (checksum === is) return
  throw badFile(
    `the model file is damaged: ${checksum === undefined ? 'it lacks its checksum' : `its checksum is ${show(checksum)}`}, expected ${is} of what is in it. ` +
      `Copy or download it again, or take an earlier save. (If you changed it on purpose, write it with version "${withoutChecksum}" and without a checksum in its metadata.)`,
  )
}

function json(metadata: Readonly<Record<string, string>>, key: string): unknown {
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
    throw badFile(`the model file describes no network: ${(cause as Error).message}. Was the file damaged?`, { cause })
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
    const [, what, rest] = /^training\.([^.]+)\.(.+)$/.exec(name) ?? []
    if (what) groups.set(what, (groups.get(what) ?? new Map<string, StoredTensor>()).set(rest!, tensor))
  }
  const carried = new Map<string, Float32Array>()
  for (const [name, tensor] of groups.get('carried') ?? []) carried.set(name, checkShape(spec, name, tensor, stateShape(spec, name, batch as number)))
  groups.delete('carried')
  const memory = new Map([...groups].map(([what, group]) => [what, checkTensors(spec, group)]))
  return {
    step: step as number,
    optimizer: optimizer as string,
    batch: batch as number,
    memory,
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
  if (!layer || !cells[layer.cell].states.some((known) => known === state))
    throw badFile(`training.carried.${name} is in the file, but the network has no such state. Was the file damaged?`)
  return [batch, directions(layer), layer.hidden]
}

/** Exactly the parameters of the network, in their shapes. @throws SluiceError `bad-file`. */
function checkTensors(spec: NetworkSpec, tensors: ReadonlyMap<string, StoredTensor>): Values {
  const shapes = parameterShapes(spec)
  for (const name of tensors.keys())
    if (!shapes.has(name)) throw badFile(`${name} is in the file, but its network has no such parameter. It has ${[...shapes.keys()].join(', ')}.`)
  return new Map(
    [...shapes].map(([name, shape]) => {
      const tensor = tensors.get(name)
      if (!tensor) throw badFile(`${name} [${shape.join(', ')}] is not in the file, but its network has it. Was the file cut or edited?`)
      return [name, checkShape(spec, name, tensor, shape)]
    }),
  )
}

/** The values of a tensor that has the shape it should, all of them finite.
 * @throws SluiceError `bad-file`: «lstm layer 1: U is [1, 100, 4, 100], expected [1, 128, 4, 128] (H = 128) …». */
function checkShape(spec: NetworkSpec, name: string, tensor: StoredTensor, expected: readonly number[]): Float32Array {
  const { shape } = tensor
  if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) {
    const { values } = tensor
    checkFinite(tensor.name, values, { code: 'bad-file', advice: 'Was it saved after its training ran away, or damaged? Go back to a file from before' })
    return values
  }
  const l = Number(/^layers\.(\d+)\./.exec(name)?.[1] ?? NaN)
  const layer = spec.layers[l]
  const what = layer ? `${layer.cell} layer ${l}: ${name.split('.').at(-1)}` : name
  const came = shape.at(-1)
  throw badFile(
    `${what} is [${shape.join(', ')}], expected [${expected.join(', ')}]${layer ? ` (hidden = ${layer.hidden})` : ''}. ` +
      (layer && came !== layer.hidden ? `Was it saved with hidden = ${came}?` : 'Was the file put together from two models?'),
  )
}
