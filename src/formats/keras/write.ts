// A network as the chain of Keras layers that computes the same, with their weights. How the formats write them is theirs.
import { checkSpec } from '../../check-spec'
import { checkList, checkNumber, show, SluiceError, type Known } from '../../errors'
import { completeSpec, headSize, inputSize, isDense, recurrentLayers, type LayerSpec, type NetworkSpec } from '../../spec'
import { toArrays, type WrittenDense, type WrittenDirection, type WrittenLayer as RecurrentArrays } from '../raw'
import { checkTexts } from '../safetensors'
import { checkChain } from './chain'
import { gatesOf, settingsOf, type Dialect } from './recurrent'

/** What the model has beside the network: as it came from `fromKeras` or `fromTfjs`. */
export interface ToKerasOptions {
  /** Activations behind the head, such as ['softmax']. Default none: the model puts out logits, as the network does. */
  readonly after?: readonly string[]
  /** The id or the value that marks steps to leave out: 0 for a network with an embedding (mask_zero), any number for one that reads features
   * (Masking). Default null: no mask. */
  readonly mask?: number | null
  /** Of a network without a head: whether the model puts out every step, or the final state of the last layer. Default 'every'. */
  readonly at?: 'every' | 'last'
  /** Metadata of the file, text by name, beside that of Sluice. */
  readonly metadata?: Readonly<Record<string, string>>
}

export const writeOptionNames = { after: true, mask: true, at: true, metadata: true } satisfies Known<ToKerasOptions>

/** A weight of a layer. */
export interface WrittenWeight {
  readonly name: 'kernel' | 'recurrent_kernel' | 'bias' | 'embeddings'
  readonly direction?: 'forward' | 'backward'
  readonly isCell: boolean
  readonly shape: readonly number[]
  readonly values: Float32Array<ArrayBuffer>
}

/** A layer; `wraps` is the one in a Bidirectional. */
export interface WrittenLayer {
  readonly className: string
  /** The class in snake case, with a number from the second of a class on. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly wraps?: { readonly className: string; readonly name: string; readonly config: Readonly<Record<string, unknown>> }
  readonly weights: readonly WrittenWeight[]
}

/** Activations that both Keras and TensorFlow.js have. */
const activations = ['softmax', 'log_softmax', 'sigmoid', 'hard_sigmoid', 'tanh', 'relu', 'softplus', 'softsign', 'elu', 'selu', 'swish', 'gelu']

/** The layers of a model that computes what the network does, but for the one of the input.
 * @throws SluiceError `bad-value` for a network that Keras does not have. */
export function layersFrom(
  parameters: ReadonlyMap<string, Float32Array>,
  unchecked: NetworkSpec,
  options: ToKerasOptions,
  dialect: Dialect = 'keras',
): WrittenLayer[] {
  const spec = completeSpec(checkSpec(unchecked))
  const { after, mask, at } = checkWriteOptions(options, spec)
  checkChain(spec)
  const recurrent = recurrentLayers(spec)
  const isLast = (l: number) => l === spec.layers.length - 1
  // The last recurrent layer puts out what the head, and the dense layers before it, read.
  const settings = new Map(
    recurrent.map(({ layer, l }, n) => [l, settingsOf(layer, l, n < recurrent.length - 1 || (spec.head?.at ?? at) === 'every', dialect)]),
  )
  const arrays = toArrays(
    parameters,
    spec,
    recurrent.map(({ layer }) => ({ gates: gatesOf(layer.cell) })),
  )
  const layers: WrittenLayer[] = []
  const add = (className: string, base: string, config: object, more: Partial<WrittenLayer> = {}): void => {
    const count = layers.filter((layer) => layer.className === className).length
    const name = count > 0 ? `${base}_${count}` : base
    layers.push({ className, name, config: { name, ...config }, weights: [], ...more })
  }
  const { input, head } = spec
  if ('ids' in input && input.embedding) {
    const shape = [input.ids, input.embedding]
    const weights = [{ name: 'embeddings', isCell: false, shape, values: arrays.embedding! } as const]
    add('Embedding', 'embedding', { input_dim: input.ids, output_dim: input.embedding, mask_zero: mask !== null }, { weights })
  } else if (mask !== null) add('Masking', 'masking', { mask_value: mask })
  const dense = (N: number, I: number, activation: string, own: WrittenDense) => {
    const weights: WrittenWeight[] = [{ name: 'kernel', isCell: false, shape: [I, N], values: own.weights }]
    if (own.bias) weights.push({ name: 'bias', isCell: false, shape: [N], values: own.bias })
    add('Dense', 'dense', { units: N, activation, use_bias: own.bias !== undefined }, { weights })
  }
  const drop = (l: number) => {
    if (spec.dropout && !isLast(l)) add('Dropout', 'dropout', { rate: spec.dropout })
  }
  spec.layers.forEach((layer, l) => {
    if (isDense(layer)) {
      dense(layer.dense, inputSize(spec, l), layer.activation ?? 'linear', arrays.layers[l] as WrittenDense)
      return drop(l)
    }
    const { className, config, merge } = settings.get(l)!
    const isTwo = layer.bidirectional === true
    const weights = (arrays.layers[l] as RecurrentArrays).directions.flatMap((direction, d) =>
      weightsOf(direction, inputSize(spec, l), layer, isTwo ? (d === 0 ? 'forward' : 'backward') : undefined),
    )
    const base = className.toLowerCase().replace('simplernn', 'simple_rnn')
    if (isTwo) {
      const name = `${base}_${l}`
      add('Bidirectional', 'bidirectional', { merge_mode: merge }, { wraps: { className, name, config: { name, ...config } }, weights })
    } else add(className, base, config, { weights })
    drop(l)
  })
  let rest = [...after]
  if (head) {
    dense(headSize(spec), inputSize(spec, 'head'), rest[0] ?? 'linear', arrays.head!)
    rest = rest.slice(1)
  }
  for (const activation of rest) add('Activation', 'activation', { activation })
  return layers
}

function weightsOf(direction: WrittenDirection, I: number, { hidden: H, cell }: LayerSpec, way: 'forward' | 'backward' | undefined): WrittenWeight[] {
  const width = gatesOf(cell).length * H
  const { input, recurrent, bias, recurrentBias } = direction
  const both = recurrentBias && Float32Array.from([...bias!, ...recurrentBias])
  const one = (name: WrittenWeight['name'], shape: readonly number[], values: Float32Array<ArrayBuffer>): WrittenWeight => ({
    name,
    ...(way && { direction: way }),
    isCell: true,
    shape,
    values,
  })
  return [
    one('kernel', [I, width], input!),
    one('recurrent_kernel', [H, width], recurrent!),
    ...(bias ? [both ? one('bias', [2, width], both) : one('bias', [width], bias)] : []),
  ]
}

function checkWriteOptions({ after = [], mask = null, at = 'every' }: ToKerasOptions, spec: NetworkSpec) {
  const names = checkList('after', after, "of activations, such as ['softmax']")
  for (const name of names)
    if (!activations.includes(name)) throw new SluiceError('bad-value', `after contains ${show(name)}, expected one of ${activations.join(', ')}`)
  if (mask !== null) {
    checkNumber('mask', mask)
    if ('ids' in spec.input && (mask !== 0 || !spec.input.embedding))
      throw new SluiceError(
        'bad-value',
        `mask is ${mask}, but the network reads ids: Keras masks the id 0 alone, and of an embedding. Leave it out, or renumber the ids`,
      )
  }
  if (at !== 'every' && at !== 'last') throw new SluiceError('bad-value', `at is ${show(at)}, expected 'every' or 'last'`)
  if (at === 'last' && spec.head) throw new SluiceError('bad-value', "at has no effect: the head says where it reads. Set it in the network's head")
  return { after: names, mask, at }
}

/** What is written beside the layers: the description of the network, and what the caller adds. */
export const metadataOf = (spec: NetworkSpec, { metadata = {} }: ToKerasOptions): Record<string, string> => ({
  sluice: JSON.stringify(completeSpec(checkSpec(spec))),
  ...checkTexts(metadata),
})
