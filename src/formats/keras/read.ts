// The network of a chain of Keras layers. What a layer means is here; where its weights lie in a file is for the formats.
import { checkSpec } from '../../check-spec'
import type { CellName } from '../../cells'
import { checkFlag, show, SluiceError, type Known } from '../../errors'
import { firstNotFinite } from '../../finite'
import { completeSpec, isDense, outputSize, type Activation, type DenseSpec, type LayerSpec, type NetworkSpec } from '../../spec'
import type { FloatTensor } from '../safetensors'
import { fromArrays, type DenseArrays, type LayerArrays } from '../raw'
import { activationOf, badFile, numberOf, objectOf, refuse, type Config, type KerasLayer } from './layers'
import { gatesOf, recurrentOf } from './recurrent'
import { withSaved } from './saved'

/** What the file of a Keras model does not say. */
export interface KerasOptions {
  /** Whether the head is of classes or of numbers. Default: classes where a softmax follows or the network reads ids, else numbers. */
  readonly head?: 'classes' | 'numbers'
  /** Whether the vectors that a network without an embedding reads are one-hot: Sluice then reads ids. Default false. */
  readonly oneHot?: boolean
}

/** A network as it was found in the file of a Keras model. */
export interface KerasNetwork {
  /** For `Network.create`. */
  readonly spec: NetworkSpec
  /** For `network.writeParameters`. */
  readonly parameters: Map<string, Float32Array<ArrayBuffer>>
  /** Whether the model's input is [B, T, …], as it is unless a layer says time_major. Sluice's is [T, B, …] always. */
  readonly batchFirst: boolean
  /** Whether the model puts out every step or the last one alone: as its head does, where it has one. */
  readonly at: 'every' | 'last'
  /** Activations behind the head, such as 'softmax' or 'sigmoid', in order. A Sluice network ends before them. */
  readonly after: readonly string[]
  /** The id (of an embedding with mask_zero) or the value of all features (of a Masking layer) that marks steps to leave out; null: none.
   * Sluice has lengths or a mask of each batch instead. */
  readonly mask: number | null
  /** What acts in training alone and has no counterpart, such as 'recurrent_dropout 0.2 inside gru_1'. */
  readonly leftOut: readonly string[]
  /** Texts beside the model, by name: the metadata of a .keras file, or of TensorFlow.js (userDefinedMetadata). */
  readonly metadata: ReadonlyMap<string, string>
}

/** Where the weights of layers lie. */
export interface KerasWeights {
  /** The weights of a layer in the order of `names`; undefined for those that the file lacks. */
  take(layer: KerasLayer, names: readonly string[], part: WeightPart): readonly (FloatTensor | undefined)[]
  /** @throws SluiceError `bad-file` for weights that no layer took. */
  checkAllTaken(): void
}

/** Where in a layer: the direction, whether it is that of a wrapper, and whether a cell has them. */
export interface WeightPart {
  readonly direction?: 'forward' | 'backward'
  readonly isWrapped?: boolean
  readonly isCell?: boolean
}

export const optionNames = { head: true, oneHot: true } satisfies Known<KerasOptions>

/** Layers that compute nothing once the training is over. */
const trainingOnly = ['Dropout', 'SpatialDropout1D', 'GaussianDropout', 'AlphaDropout', 'GaussianNoise', 'ActivityRegularization']
/** What a dense layer may have before another layer. */
const denseActivations: readonly string[] = ['relu', 'tanh', 'sigmoid'] satisfies Activation[]
const regularizers = ['kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer', 'activity_regularizer', 'embeddings_regularizer']
const constraints = ['kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'embeddings_constraint']

export function checkKerasOptions(options: KerasOptions): KerasOptions {
  const { head, oneHot } = options
  if (head !== undefined && head !== 'classes' && head !== 'numbers')
    throw new SluiceError('bad-value', `head is ${show(head)}, expected 'classes' or 'numbers'`)
  checkFlag('oneHot', oneHot)
  return options
}

/** @param version that of Keras, whose hard sigmoid is another one from 3 on @throws SluiceError `bad-file`. */
export function networkOf(
  layers: readonly KerasLayer[],
  weights: KerasWeights,
  options: KerasOptions,
  version: string,
  metadata: ReadonlyMap<string, string> = new Map(),
): KerasNetwork {
  const walk = new Walk(weights, version)
  for (const layer of layers) walk.take(layer)
  weights.checkAllTaken()
  const network = walk.network(options)
  // What a caller says counts more than what was saved.
  const isPlain = options.head === undefined && options.oneHot === undefined
  return { ...network, ...(isPlain && { spec: withSaved(network.spec, metadata.get('sluice')) }), metadata }
}

/** What is known of the network so far. */
class Walk {
  /** The last one, where it is dense, is the head. */
  readonly #layers: (LayerSpec | DenseSpec)[] = []
  readonly #arrays: (LayerArrays | DenseArrays)[] = []
  #input: { readonly ids: number; readonly embedding: number } | { readonly features: number } | null = null
  #embedding: ArrayLike<number> | null = null
  /** Activations behind the last layer so far. */
  #after: string[] = []
  readonly #leftOut: string[] = []
  /** The rate of the dropout behind each layer. */
  readonly #dropout: number[] = []
  #mask: number | null = null
  #endsAtLast = false
  #batchFirst = true

  constructor(
    private readonly weights: KerasWeights,
    private readonly version: string,
  ) {}

  take(layer: KerasLayer): void {
    const { className, config } = layer
    if (className === 'InputLayer') return
    if (trainingOnly.includes(className)) return this.#drop(layer)
    for (const name of [...regularizers, ...constraints]) if (config[name]) this.#leftOut.push(`${name.replace('_', ' ')} of ${layer.name}`)
    switch (className) {
      case 'Masking':
        if (this.#layers.length > 0) throw refuse(layer, 'it masks what a layer puts out, expected a Masking before the first layer')
        this.#mask = numberOf(layer, 'mask_value')
        return
      case 'Embedding':
        return this.#embed(layer)
      case 'SimpleRNN':
      case 'GRU':
      case 'LSTM':
      case 'RNN':
      case 'Bidirectional':
        return this.#recurrent(layer)
      case 'Dense':
        return this.#dense(layer, config, false)
      case 'TimeDistributed': {
        const inner = objectOf(`layer of ${layer.name}`, config.layer)
        const [innerClass, innerConfig] = [inner.class_name, objectOf(`config of the layer in ${layer.name}`, inner.config)]
        if (innerClass === 'Dense') return this.#dense(layer, innerConfig, true)
        if (innerClass === 'Activation') return this.#activation(layer, innerConfig.activation)
        if (typeof innerClass === 'string' && trainingOnly.includes(innerClass)) return this.#drop({ ...layer, config: innerConfig })
        throw refuse(layer, `it has a ${String(innerClass).slice(0, 40)} at each step, expected a Dense`)
      }
      case 'Activation':
        return this.#activation(layer, config.activation)
      case 'Softmax':
      case 'ReLU':
        return this.#activation(layer, className.toLowerCase())
      default:
        throw refuse(
          layer,
          'it has no counterpart. Of a model of Keras an embedding, recurrent layers and dense layers are read. Take the rest of the model out, and compute it before or after',
        )
    }
  }

  #drop(layer: KerasLayer): void {
    const rate = layer.config.rate
    const isPlain = layer.className.endsWith('Dropout') && !layer.className.startsWith('Spatial') && this.#layers.length > 0
    if (isPlain && typeof rate === 'number' && this.#dropout[this.#layers.length - 1] === undefined) this.#dropout[this.#layers.length - 1] = rate
    else if (rate !== 0) this.#leftOut.push(`${layer.className}${typeof rate === 'number' ? ` ${rate}` : ''} (${layer.name})`)
  }

  #embed(layer: KerasLayer): void {
    if (this.#input) throw refuse(layer, 'it is not the first layer, expected an Embedding of the ids that the model reads')
    const [V, E] = [numberOf(layer, 'input_dim'), numberOf(layer, 'output_dim')]
    const [table] = this.weights.take(layer, ['embeddings'], {})
    this.#embedding = valuesOf(layer, 'embeddings', table, [V, E])
    this.#input = { ids: V, embedding: E }
    if (layer.config.mask_zero) this.#mask = 0
  }

  #recurrent(layer: KerasLayer): void {
    this.#settle(layer)
    if (this.#endsAtLast) throw refuse(layer, 'it follows a layer without return_sequences, expected all of its steps')
    const { layer: found, config, cellConfig } = recurrentOf(layer, this.version)
    const { cell, bidirectional: isTwo = false } = found
    if (config.time_major) this.#batchFirst = false
    const H = numberOf({ ...layer, config: cellConfig }, 'units')
    const bias = cellConfig.use_bias !== false
    const gates = gatesOf(cell)
    const G = gates.length
    const names = ['kernel', 'recurrent_kernel', ...(bias ? ['bias'] : [])]
    const isResetAfter = cell === 'gru-reset-after'
    const directions = (isTwo ? (['forward', 'backward'] as const) : [undefined]).map((direction) => {
      const [kernel, recurrent, both] = this.weights.take(layer, names, { ...(direction && { direction }), isCell: true })
      const I = this.#inputSize() ?? kernel?.shape[0] ?? 0
      this.#input ??= { features: I }
      const part = direction ? `${direction} ` : ''
      const [input, state] = [valuesOf(layer, `${part}kernel`, kernel, [I, G * H]), valuesOf(layer, `${part}recurrent_kernel`, recurrent, [H, G * H])]
      if (!bias) return { input, recurrent: state }
      const biases = valuesOf(layer, `${part}bias`, both, isResetAfter ? [2, G * H] : [G * H])
      return { input, recurrent: state, bias: biases.subarray(0, G * H), ...(isResetAfter && { recurrentBias: biases.subarray(G * H) }) }
    })
    // Keras trains both biases of a GRU with reset_after, as PyTorch does.
    this.#layers.push({ ...found, hidden: H, ...(bias ? isResetAfter && { bias: 'two' } : { bias: false }), ...this.#dropoutInside(layer, cell, cellConfig) })
    this.#arrays.push({ gates, directions })
    this.#endsAtLast = config.return_sequences !== true
  }

  /** Dropout of the input and of the state. That of the state of a GRU acts on z ⊙ h', too, in Keras. */
  #dropoutInside(layer: KerasLayer, cell: CellName, config: Config): Pick<LayerSpec, 'inputDropout' | 'recurrentDropout'> {
    const isDropped = (name: string, has: boolean): boolean => {
      const p = config[name]
      const can = has && typeof p === 'number' && p > 0 && Math.fround(p) < 1
      if (p && !can) this.#leftOut.push(`${name} ${show(p)} inside ${layer.name}`)
      return can
    }
    const input = isDropped('dropout', true)
    const state = isDropped('recurrent_dropout', !cell.startsWith('gru'))
    return { ...(input && { inputDropout: config.dropout as number }), ...(state && { recurrentDropout: config.recurrent_dropout as number }) }
  }

  /** I of the next layer, where a layer before it has told. */
  #inputSize(): number | undefined {
    const before = this.#layers.at(-1)
    if (before) return isDense(before) ? before.dense : outputSize(before)
    return this.#input ? ('features' in this.#input ? this.#input.features : this.#input.embedding) : undefined
  }

  #dense(layer: KerasLayer, config: Config, isWrapped: boolean): void {
    this.#settle(layer)
    if (isWrapped && this.#endsAtLast) throw refuse(layer, 'it reads steps, but the layer before it puts out the last one alone')
    const N = numberOf({ ...layer, config }, 'units')
    const bias = config.use_bias !== false
    const [kernel, b] = this.weights.take(layer, ['kernel', ...(bias ? ['bias'] : [])], { isWrapped })
    const I = this.#inputSize() ?? kernel?.shape[0] ?? 0
    this.#input ??= { features: I }
    this.#arrays.push({ weights: valuesOf(layer, 'kernel', kernel, [I, N]), ...(bias && { bias: valuesOf(layer, 'bias', b, [N]) }) })
    this.#layers.push({ dense: N, bias })
    this.#activation(layer, config.activation)
  }

  /** Another layer follows: an activation so far is that of the dense layer before it. */
  #settle(layer: KerasLayer): void {
    const [first, ...more] = this.#after
    if (first === undefined) return
    const before = this.#layers.at(-1)!
    if (!isDense(before) || more.length > 0 || !denseActivations.includes(first))
      throw refuse(
        layer,
        `it follows ${isDense(before) ? 'a Dense' : 'a recurrent layer'} with ${this.#after.join(' and ').slice(0, 60)}. Between layers one of ${denseActivations.join(', ')} is read, after a Dense. Split the model there, and compute it between two networks`,
      )
    this.#layers[this.#layers.length - 1] = { ...before, activation: first as Activation }
    this.#after = []
  }

  #activation(layer: KerasLayer, value: unknown): void {
    if (this.#layers.length === 0) throw refuse(layer, 'it stands before the first layer. Compute it before, and feed its results')
    const name = activationOf(layer, value)
    if (name !== 'linear') this.#after.push(name)
  }

  network({ head, oneHot }: KerasOptions): Omit<KerasNetwork, 'metadata'> {
    if (this.#layers.every(isDense)) throw badFile('the model has no recurrent layer (SimpleRNN, GRU, LSTM or Bidirectional). Is it another one?')
    const input = this.#input!
    if (oneHot && 'ids' in input) throw new SluiceError('bad-value', 'oneHot is true, but the model reads ids through an Embedding. Leave it out')
    const tail = this.#layers.at(-1)!
    const layers = isDense(tail) ? this.#layers.slice(0, -1) : this.#layers
    const at = this.#endsAtLast ? 'last' : 'every'
    const rates = layers.map((_, l) => this.#dropout[l] ?? 0)
    const behind = this.#dropout[layers.length]
    if (behind) this.#leftOut.push(`Dropout ${behind} behind the head`)
    const between = rates.slice(0, -1)
    const dropout = between.length > 0 && between.every((rate) => rate === between[0]) ? between[0]! : 0
    rates.forEach((rate, l) => {
      if (rate > 0 && (dropout === 0 || l === rates.length - 1)) this.#leftOut.push(`Dropout ${rate} behind layer ${l}`)
    })
    const readsIds = 'ids' in input || oneHot === true
    const [{ inputDropout, ...first }, ...others] = layers as [LayerSpec, ...LayerSpec[]]
    if (oneHot && inputDropout) this.#leftOut.push(`dropout ${inputDropout} inside layer 0, which looks ids up`)
    const spec = completeSpec(
      checkSpec({
        input: oneHot && 'features' in input ? { ids: input.features } : input,
        layers: oneHot ? [first, ...others] : layers,
        ...(dropout > 0 && dropout < 1 && { dropout }),
        ...(isDense(tail) && { head: headSpec(tail.dense, at, this.#after, head, readsIds) }),
      }),
    )
    const parameters = fromArrays(spec, {
      ...(this.#embedding && { embedding: this.#embedding }),
      layers: this.#arrays.slice(0, layers.length),
      ...(isDense(tail) && { head: this.#arrays.at(-1) as DenseArrays }),
    })
    return {
      spec,
      parameters,
      batchFirst: this.#batchFirst,
      at,
      after: this.#after,
      mask: this.#mask,
      leftOut: this.#leftOut,
    }
  }
}

function headSpec(V: number, at: 'every' | 'last', after: readonly string[], kind: KerasOptions['head'], readsIds: boolean): NonNullable<NetworkSpec['head']> {
  // A sigmoid per label is trained by the binary cross-entropy.
  const isLabels = after[0] === 'sigmoid'
  const isClasses = kind ? kind === 'classes' : !isLabels && (readsIds || after.includes('softmax'))
  return isClasses ? { classes: V, at } : { numbers: V, at, ...(isLabels && { loss: 'binary-cross-entropy' }) }
}

/** The values of a weight of the expected shape. @throws SluiceError `bad-file`. */
function valuesOf(layer: KerasLayer, what: string, tensor: FloatTensor | undefined, shape: readonly number[]): Float32Array {
  if (!tensor) throw refuse(layer, `the file lacks its ${what}, expected [${shape.join(', ')}]. Are all files of the model there?`)
  const { shape: came, values } = tensor
  if (came.length !== shape.length || came.some((size, i) => size !== shape[i]))
    throw refuse(layer, `its ${what} is [${came.join(', ')}], expected [${shape.join(', ')}]. Are the weights those of another model?`)
  if (values.length !== shape.reduce((n, size) => n * size, 1))
    throw refuse(layer, `its ${what} has ${values.length} numbers, expected [${shape.join(', ')}]. Was the file cut off?`)
  const wrong = firstNotFinite(values)
  if (wrong >= 0)
    throw refuse(layer, `its ${what} is ${values[wrong]} at ${wrong}. Was the model saved after its training diverged? Take an earlier checkpoint`)
  return values
}
