// A walk through the layers of a Keras model, each of which adds to the network what it means there.
import { checkSpec } from '../../check-spec'
import type { CellName } from '../../cells'
import { show, SluiceError } from '../../errors'
import { firstNotFinite } from '../../finite'
import { completeSpec, isDense, isFinal, outputSize, type Activation, type DenseSpec, type LayerSpec, type NetworkSpec, type Source } from '../../spec'
import type { FloatTensor } from '../safetensors'
import { fromArrays, type DenseArrays, type LayerArrays } from '../raw'
import { activationOf, badFile, listOf, numberOf, objectOf, refuse, snakeCase, type Config, type KerasLayer } from './layers'
import type { KerasNetwork, KerasOptions, KerasWeights, WeightPart } from './network'
import { gatesOf, recurrentOf, reversed } from './recurrent'

/** Layers that compute nothing once the training is over. */
const trainingOnly = ['Dropout', 'SpatialDropout1D', 'GaussianDropout', 'AlphaDropout', 'GaussianNoise', 'ActivityRegularization']
/** What a dense layer may have before another layer. */
const denseActivations: readonly string[] = ['relu', 'tanh', 'sigmoid'] satisfies Activation[]
const regularizers = ['kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer', 'activity_regularizer', 'embeddings_regularizer']
const constraints = ['kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'embeddings_constraint']

/** What a layer puts out. */
export interface Flow {
  /** Layers of the network, or its input, side by side. */
  readonly sources: readonly Source[]
  /** Whether it is the last step alone. */
  readonly isLast: boolean
  /** Activations behind it. */
  readonly after: readonly string[]
  /** The rate of the dropout behind it; 0: none. */
  readonly rate: number
  /** Whether a Masking has seen it. */
  readonly isMasked: boolean
}

/** What a layer reads that reads no other: the input. */
export const start: Flow = { sources: ['input'], isLast: false, after: [], rate: 0, isMasked: false }
/** Layers that combine others unit by unit. */
const combining = ['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Dot']

/** What is known of the network so far. */
export class Walk {
  /** The last one, where it is dense, is the head. */
  readonly #layers: (LayerSpec | DenseSpec)[] = []
  readonly #inputs: (readonly Source[])[] = []
  readonly #arrays: (LayerArrays | DenseArrays)[] = []
  /** Whether each layer puts out the last step alone. */
  readonly #lasts: boolean[] = []
  #input: { readonly ids: number; readonly embedding: number } | { readonly features: number } | null = null
  #embedding: ArrayLike<number> | null = null
  readonly #leftOut: string[] = []
  /** The rates of the dropout through which each layer is read. */
  readonly #rates = new Map<number, number[]>()
  /** The activation through which a dense layer is read, by its place. */
  readonly #activations = new Map<number, string>()
  #inputLayers = 0
  #mask: number | null = null
  /** Whether the input is read through a Masking, and whether it is read without. */
  readonly #readsInput = new Set<boolean>()
  #batchFirst = true
  #end = start

  constructor(
    private readonly weights: KerasWeights,
    private readonly version: string,
  ) {}

  /** @param flows what it reads */
  take(layer: KerasLayer, flows: readonly Flow[]): Flow {
    const { className, config } = layer
    if (className === 'InputLayer') {
      if (this.#inputLayers++ > 0) throw refuse(layer, 'it is a second input, and a network has one. Join the inputs before, and feed them as one')
      return start
    }
    if (className === 'Concatenate') return this.#concatenate(layer, flows)
    if (combining.includes(className))
      throw refuse(
        layer,
        'it combines layers unit by unit, as a residual connection does; Sluice joins them side by side (Concatenate). Train the model with Concatenate. Or, of an Add, describe the network yourself: what reads a sum by a kernel reads both side by side by the kernel twice, one below the other',
      )
    if (flows.length > 1) throw refuse(layer, `it reads ${flows.length} layers, expected one. Join them by Concatenate`)
    const x = flows[0] ?? start
    if (trainingOnly.includes(className)) return this.#drop(layer, config, x)
    for (const name of [...regularizers, ...constraints]) if (config[name]) this.#leftOut.push(`${name.replace('_', ' ')} of ${layer.name}`)
    switch (className) {
      case 'Masking':
        if (x.sources[0] !== 'input' || this.#embedding) throw refuse(layer, 'it masks what a layer puts out, expected a Masking before the first layer')
        this.#mask = numberOf(layer, 'mask_value')
        return { ...x, isMasked: true }
      case 'Embedding':
        return this.#embed(layer, x)
      case 'SimpleRNN':
      case 'GRU':
      case 'LSTM':
      case 'RNN':
      case 'Bidirectional':
        return this.#stacked(layer, x)
      case 'Dense':
        return this.#dense(layer, config, x, false)
      case 'TimeDistributed': {
        const inner = objectOf(`layer of ${layer.name}`, config.layer)
        const [innerClass, innerConfig] = [inner.class_name, objectOf(`config of the layer in ${layer.name}`, inner.config)]
        if (innerClass === 'Dense') return this.#dense(layer, innerConfig, x, true)
        if (innerClass === 'Activation') return this.#activation(layer, innerConfig.activation, x)
        if (typeof innerClass === 'string' && trainingOnly.includes(innerClass)) return this.#drop({ ...layer, className: innerClass }, innerConfig, x)
        throw refuse(layer, `it has a ${String(innerClass).slice(0, 40)} at each step, expected a Dense`)
      }
      case 'Activation':
        return this.#activation(layer, config.activation, x)
      case 'Softmax':
      case 'ReLU':
        return this.#activation(layer, className.toLowerCase(), x)
      default:
        throw refuse(
          layer,
          'it has no counterpart. Of a model of Keras an embedding, recurrent layers and dense layers are read. Take the rest of the model out, and compute it before or after',
        )
    }
  }

  #drop({ className, name }: KerasLayer, { rate }: Config, x: Flow): Flow {
    const isPlain = className.endsWith('Dropout') && !className.startsWith('Spatial') && x.sources.length === 1 && x.sources[0] !== 'input'
    if (isPlain && typeof rate === 'number' && x.rate === 0) return { ...x, rate }
    if (rate !== 0) this.#leftOut.push(`${className}${typeof rate === 'number' ? ` ${rate}` : ''} (${name})`)
    return x
  }

  #embed(layer: KerasLayer, x: Flow): Flow {
    if (this.#input || x.sources[0] !== 'input') throw refuse(layer, 'it is not the first layer, expected an Embedding of the ids that the model reads')
    const [V, E] = [numberOf(layer, 'input_dim'), numberOf(layer, 'output_dim')]
    const [table] = this.weights.take(layer, ['embeddings'], {})
    this.#embedding = valuesOf(layer, 'embeddings', table, [V, E])
    this.#input = { ids: V, embedding: E }
    if (layer.config.mask_zero) this.#mask = 0
    return { ...x, isMasked: true }
  }

  #concatenate(layer: KerasLayer, flows: readonly Flow[]): Flow {
    const { axis = -1 } = layer.config
    const { isLast = false } = flows[0] ?? start
    if (flows.some((flow) => flow.isLast !== isLast))
      throw refuse(layer, 'it joins what is at every step with what is at the last one. Give all of them return_sequences, or none')
    if (axis !== -1 && axis !== (isLast ? 1 : 2)) throw refuse(layer, `it joins along the axis ${show(axis)}, expected the last one, the units`)
    const sources = flows.flatMap((flow) => this.#read(layer, flow))
    if (new Set(sources).size < sources.length)
      throw refuse(layer, 'it joins a layer with itself, and a layer of Sluice reads another one once. Give the copy a layer of its own')
    return { ...start, sources, isLast }
  }

  /** An RNN of stacked cells is a layer for each of them; any other layer is one. */
  #stacked(layer: KerasLayer, x: Flow): Flow {
    const { cell, ...rest } = layer.config
    const { class_name: kind, config } = layer.className === 'RNN' ? objectOf(`cell of ${layer.name}`, cell) : {}
    if (kind !== 'StackedRNNCells') return this.#recurrent(layer, x)
    const { cells } = objectOf(`config of the cell of ${layer.name}`, config)
    if (rest.go_backwards && rest.return_sequences) throw refuse(layer, reversed)
    const counts = new Map<string, number>()
    return listOf(`cells of ${layer.name}`, cells).reduce((flow: Flow, one, i, all): Flow => {
      const own = objectOf(`a cell of ${layer.name}`, one)
      const { name } = objectOf(`config of a cell of ${layer.name}`, own.config)
      const base = snakeCase(String(own.class_name))
      const count = counts.get(base) ?? 0
      counts.set(base, count + 1)
      const settings = { ...rest, cell: own, go_backwards: false, ...(i < all.length - 1 && { return_sequences: true }) }
      return this.#recurrent({ ...layer, config: settings }, flow, {
        backwards: rest.go_backwards === true,
        stacked: { name: String(name), path: count > 0 ? `${base}_${count}` : base },
      })
    }, x)
  }

  #recurrent(layer: KerasLayer, x: Flow, { backwards, stacked }: { readonly backwards?: boolean; readonly stacked?: WeightPart['stacked'] } = {}): Flow {
    if (x.isLast) throw refuse(layer, 'it follows a layer without return_sequences, expected all of its steps')
    const sources = this.#read(layer, x)
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
      const [kernel, recurrent, both] = this.weights.take(layer, names, { ...(direction && { direction }), ...(stacked && { stacked }), isCell: true })
      const I = this.#inputSize(sources, kernel)
      const part = direction ? `${direction} ` : ''
      const [input, state] = [valuesOf(layer, `${part}kernel`, kernel, [I, G * H]), valuesOf(layer, `${part}recurrent_kernel`, recurrent, [H, G * H])]
      if (!bias) return { input, recurrent: state }
      const biases = valuesOf(layer, `${part}bias`, both, isResetAfter ? [2, G * H] : [G * H])
      return { input, recurrent: state, bias: biases.subarray(0, G * H), ...(isResetAfter && { recurrentBias: biases.subarray(G * H) }) }
    })
    // Keras trains both biases of a GRU with reset_after, as PyTorch does.
    return this.#push(
      {
        ...found,
        ...(backwards && { backwards }),
        hidden: H,
        ...(bias ? isResetAfter && { bias: 'two' } : { bias: false }),
        ...this.#dropoutInside(layer, cell, cellConfig),
      },
      sources,
      { gates, directions },
      config.return_sequences !== true,
    )
  }

  #push(layer: LayerSpec | DenseSpec, sources: readonly Source[], arrays: LayerArrays | DenseArrays, isLast: boolean): Flow {
    this.#layers.push(layer)
    this.#inputs.push(sources)
    this.#arrays.push(arrays)
    this.#lasts.push(isLast)
    return { ...start, sources: [this.#layers.length - 1], isLast }
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

  /** I of a layer that reads these; the features are what is left of its kernel, where no layer has told their number. */
  #inputSize(sources: readonly Source[], kernel: FloatTensor | undefined): number {
    const known = sources.map((source) => {
      if (source === 'input') return this.#input ? ('features' in this.#input ? this.#input.features : this.#input.embedding) : null
      const before = this.#layers[source]!
      return isDense(before) ? before.dense : outputSize(before)
    })
    const sum = known.reduce<number>((n, size) => n + (size ?? 0), 0)
    if (!known.includes(null)) return sum
    const features = (kernel?.shape[0] ?? 0) - sum
    this.#input = { features }
    return sum + features
  }

  #dense(layer: KerasLayer, config: Config, x: Flow, isWrapped: boolean): Flow {
    const sources = this.#read(layer, x)
    if (isWrapped && x.isLast) throw refuse(layer, 'it reads steps, but the layer before it puts out the last one alone')
    const N = numberOf({ ...layer, config }, 'units')
    const bias = config.use_bias !== false
    const [kernel, b] = this.weights.take(layer, ['kernel', ...(bias ? ['bias'] : [])], { isWrapped })
    const I = this.#inputSize(sources, kernel)
    const arrays = { weights: valuesOf(layer, 'kernel', kernel, [I, N]), ...(bias && { bias: valuesOf(layer, 'bias', b, [N]) }) }
    return this.#activation(layer, config.activation, this.#push({ dense: N, bias }, sources, arrays, x.isLast))
  }

  /** A layer reads a flow: an activation behind it is that of the dense layer before. @returns its sources */
  #read(layer: KerasLayer, { sources, after, rate, isMasked }: Flow): readonly Source[] {
    const [source] = sources
    if (source === 'input' || sources.includes('input')) this.#readsInput.add(isMasked)
    if (sources.length > 1 || source === 'input' || source === undefined) {
      if (after.length > 0)
        throw refuse(layer, `it follows joined layers with ${after.join(' and ').slice(0, 60)}, and an activation stands behind a Dense alone`)
      return sources
    }
    this.#rates.set(source, [...(this.#rates.get(source) ?? []), rate])
    const before = this.#layers[source]!
    const [first = 'linear', ...more] = after
    if (after.length > 0 && (!isDense(before) || more.length > 0 || !denseActivations.includes(first)))
      throw refuse(
        layer,
        `it follows ${isDense(before) ? 'a Dense' : 'a recurrent layer'} with ${after.join(' and ').slice(0, 60)}. Between layers one of ${denseActivations.join(', ')} is read, after a Dense. Split the model there, and compute it between two networks`,
      )
    const known = this.#activations.get(source) ?? first
    if (known !== first)
      throw refuse(layer, `it reads a Dense with the activation ${first}, which another layer reads with ${known}. Give each a Dense of its own`)
    this.#activations.set(source, first)
    if (first !== 'linear') this.#layers[source] = { ...before, activation: first as Activation } as DenseSpec
    return sources
  }

  #activation(layer: KerasLayer, value: unknown, x: Flow): Flow {
    if (x.sources[0] === 'input' && x.sources.length === 1) throw refuse(layer, 'it stands before the first layer. Compute it before, and feed its results')
    const name = activationOf(layer, value)
    return name === 'linear' ? x : { ...x, after: [...x.after, name] }
  }

  /** @param x what the model puts out @throws SluiceError `bad-file`. */
  end(x: Flow): void {
    this.#end = x
    if (this.#layers.every(isDense)) throw badFile('the model has no recurrent layer (SimpleRNN, GRU, LSTM or Bidirectional). Is it another one?')
    if (x.sources.length > 1)
      throw badFile(
        "the model puts out joined layers, and a network ends with one layer. Let a Dense read them; or describe the network yourself, with a head whose weights are 'identity' (fromArrays of sluice/formats/raw)",
      )
    if (this.#readsInput.size > 1)
      throw badFile('the model reads its input through a Masking, and without; Sluice masks a step for all layers. Put the Masking before all of them')
  }

  network({ head, oneHot }: KerasOptions): Omit<KerasNetwork, 'metadata'> {
    const input = this.#input!
    if (oneHot && 'ids' in input) throw new SluiceError('bad-value', 'oneHot is true, but the model reads ids through an Embedding. Leave it out')
    const { isLast, after, rate: behind } = this.#end
    const tail = this.#layers.at(-1)!
    const layers = isDense(tail) ? this.#layers.slice(0, -1) : this.#layers
    const at = isLast ? 'last' : 'every'
    const dropout = this.#dropoutOf(layers.length)
    if (behind) this.#leftOut.push(`Dropout ${behind} behind ${isDense(tail) ? 'the head' : `layer ${layers.length - 1}`}`)
    const readsIds = 'ids' in input || oneHot === true
    const [{ inputDropout, ...first }, ...others] = layers.map((layer, l) => ({ ...layer, inputs: this.#inputs[l]! })) as [LayerSpec, ...LayerSpec[]]
    if (oneHot && inputDropout) this.#leftOut.push(`dropout ${inputDropout} inside layer 0, which looks ids up`)
    const spec = checkedSpec({
      input: oneHot && 'features' in input ? { ids: input.features } : input,
      layers: [oneHot || !inputDropout ? first : { ...first, inputDropout }, ...others],
      ...(dropout > 0 && dropout < 1 && { dropout }),
      ...(isDense(tail) && { head: { ...headSpec(tail.dense, at, after, head, readsIds), inputs: this.#inputs.at(-1)! } }),
    })
    const wrong = spec.head ? layers.findIndex((layer, l) => isDense(layer) && this.#lasts[l] !== isFinal(spec, l)) : -1
    if (wrong >= 0)
      throw badFile(
        `a Dense of the model works ${this.#lasts[wrong] ? 'on the last step' : 'at every step'} where others behind it do not. Make two networks of the model`,
      )
    const parameters = fromArrays(spec, {
      ...(this.#embedding && { embedding: this.#embedding }),
      layers: this.#arrays.slice(0, layers.length),
      ...(isDense(tail) && { head: this.#arrays.at(-1) as DenseArrays }),
    })
    return { spec, parameters, batchFirst: this.#batchFirst, at, after, mask: this.#mask, leftOut: this.#leftOut }
  }

  /** The rate behind every layer but the last; 0, where it is not one and the same, and what there is is left out. */
  #dropoutOf(layers: number): number {
    const rates = Array.from({ length: layers }, (_, l) => {
      const read = this.#rates.get(l) ?? []
      if (read.every((rate) => rate === read[0])) return read[0] ?? 0
      this.#leftOut.push(`Dropout ${Math.max(...read)} behind layer ${l}, on one of the ways from it`)
      return 0
    })
    const between = rates.slice(0, -1)
    const dropout = between.length > 0 && between.every((rate) => rate === between[0]) ? between[0]! : 0
    rates.forEach((rate, l) => {
      if (rate > 0 && (dropout === 0 || l === rates.length - 1)) this.#leftOut.push(`Dropout ${rate} behind layer ${l}`)
    })
    return dropout
  }
}

/** @throws SluiceError `bad-file` for layers that do not hang together as Sluice's do. */
function checkedSpec(spec: NetworkSpec): NetworkSpec {
  try {
    return completeSpec(checkSpec(spec))
  } catch (cause) {
    throw badFile(`Sluice has no such network as the model is: ${(cause as Error).message}`, { cause })
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
