// The description of a network as plain data: layers and sizes. They determine the name and shape of every parameter. The engine, the
// reference and the file formats all use `parameterShapes`, so they cannot disagree.
import { cells, type CellName } from './cells'

/** A recurrent layer, as data. */
export interface LayerSpec {
  readonly cell: CellName
  /** H, the hidden size of each direction. */
  readonly hidden: number
  /** LSTM only: P < H, the size of its state h, and so of its output, in each direction: h = (o ⊙ tanh(c)) R (Sak et al. 2014; `proj_size` of PyTorch).
   * The cell state c keeps H. Default: h is o ⊙ tanh(c), and has H. */
  readonly projection?: number
  /** Whether the layer has a second direction, which reads time backwards. Its output is then [T, B, 2H], unless they are merged. Default false. */
  readonly bidirectional?: boolean
  /** What becomes of the outputs, and of the final states that a head reads, of two directions: they stand side by side, or are merged unit by unit
   * to [T, B, H]. Default 'concat'. */
  readonly merge?: 'concat' | 'sum' | 'mean' | 'product'
  /** Whether the layer reads time backwards, and nothing else: its state goes from the last step to the first. What it gives at a step is at that
   * step's place. Default false. */
  readonly backwards?: boolean
  /** Whether the layer has biases. 'two' trains each as the two that torch.nn has: both have the same gradient, so both count in the norm of
   * the gradient, and their sum, which is stored, moves twice as far. (The candidate of `gru-reset-after` has two in any case.) Default true. */
  readonly bias?: boolean | 'two'
  /** LSTM only: whether the gates also read the cell state: i and f the one before the step, o the one after. Default false. */
  readonly peepholes?: boolean
  /** σ of the gates of a GRU or LSTM. 'hard-sigmoid' is x/6 + 1/2 cut to 0 … 1, as in Keras 3 and PyTorch; 'hard-sigmoid-0.2' is 0.2 x + 1/2, as in
   * TensorFlow.js, older Keras and ONNX. Default 'sigmoid'. */
  readonly recurrentActivation?: 'sigmoid' | 'hard-sigmoid' | 'hard-sigmoid-0.2'
  /** The candidate's function in a GRU or LSTM; in an LSTM that of its cell state on the way out, too. (An RNN with relu is the cell `rnn-relu`.)
   * Default 'tanh'. */
  readonly activation?: 'tanh' | 'relu'
  /** Whether the initial state is learned (the same for every row of a batch). If false, it is zero. Default false. */
  readonly learnInitial?: boolean
  /** Fraction of the input that training drops: one mask for a sequence, the same at every step, for each row and direction (Gal and Ghahramani
   * 2016). A layer that looks ids up has none: give the ids an embedding. Default 0. */
  readonly inputDropout?: number
  /** The same of the state before its product with U; z ⊙ h' of a GRU and c of an LSTM take the whole state. Default 0. */
  readonly recurrentDropout?: number
  /** What the layer reads, joined in this order. Default: the layer before. */
  readonly inputs?: readonly Source[]
}

/** A dense layer y = f(x W + b) at every step, as data. Those after the last recurrent layer read its final states where the head is at the last
 * step. */
export interface DenseSpec {
  /** N, the size of its output. */
  readonly dense: number
  /** f. Default 'linear'. */
  readonly activation?: Activation
  /** Whether it has a bias. Default true. */
  readonly bias?: boolean
  /** What the layer reads, joined in this order. Default: the layer before. */
  readonly inputs?: readonly Source[]
}

/** f of a dense layer. */
export type Activation = 'linear' | 'relu' | 'tanh' | 'sigmoid'

/** What a layer or the head may read: the outputs of an earlier layer, by its number, or 'input': the features, or the embedded ids. */
export type Source = number | 'input'

/** The output layer O = H W_q + b_q, and its loss. */
export type Head = HeadPlace &
  /** Classes: softmax cross-entropy with targets that are ids. */
  (
    | { readonly classes: number }
    /** Numbers: a loss with targets that are vectors. */
    | NumbersHead
  )

/** Numbers, and what their loss is: the mean over all numbers that count. */
export interface NumbersHead {
  readonly numbers: number
  /** `squared-error` (default); `huber`, which is linear for differences beyond `delta`; or `binary-cross-entropy`: each number is the logit of a
   * label, independent of the others, with a target of 0 to 1 (multi-label). */
  readonly loss?: 'squared-error' | 'huber' | 'binary-cross-entropy'
  /** Of the Huber loss. Default 1. */
  readonly delta?: number
}

interface HeadPlace {
  /** At every step (default), or only at the last step of each row, on the final state h of the last recurrent layer. */
  readonly at?: 'every' | 'last'
  /** What the head reads, joined in this order. Default: the last layer. */
  readonly inputs?: readonly Source[]
}

/** A network, as data. */
export interface NetworkSpec {
  /** Token ids below `ids` (one-hot; or a learned embedding of the given size), or dense features [T, B, I]. */
  readonly input: { readonly ids: number; readonly embedding?: number } | { readonly features: number }
  /** Recurrent and dense layers in any order, at least one of them recurrent. Layer ℓ is `layers[ℓ]`, and its parameters are `layers.ℓ.…`. */
  readonly layers: readonly (LayerSpec | DenseSpec)[]
  /** Fraction of the outputs that training drops, in each layer except the last. Default 0. */
  readonly dropout?: number
  /** Without a head the network ends with the outputs of its last layer. */
  readonly head?: Head
}

/** V of the head: number of classes or numbers; 0 without a head. */
export const headSize = ({ head }: NetworkSpec): number => (!head ? 0 : 'classes' in head ? head.classes : head.numbers)

/** The description with every default written out and no other properties. Two descriptions of the same network then have the same JSON. */
export function completeSpec(spec: NetworkSpec): NetworkSpec {
  const { input, layers, dropout = 0, head } = spec
  const { embedding } = { embedding: undefined, ...input }
  return {
    input: 'features' in input ? { features: input.features } : { ids: input.ids, ...(embedding !== undefined && { embedding }) },
    layers: layers.map((layer, l) => ({ ...(isDense(layer) ? completeDense(layer) : completeLayer(layer)), ...completeInputs(layers[l]!, l) })),
    dropout,
    ...(head && {
      head: {
        ...('numbers' in head ? completeNumbers(head) : { classes: head.classes }),
        at: head.at ?? 'every',
        ...completeInputs(head, layers.length),
      },
    }),
  }
}

const completeLayer = ({
  cell,
  hidden,
  projection,
  bidirectional = false,
  merge = 'concat',
  backwards = false,
  bias = true,
  peepholes = false,
  learnInitial = false,
  recurrentActivation = 'sigmoid',
  activation = 'tanh',
  inputDropout = 0,
  recurrentDropout = 0,
}: LayerSpec): LayerSpec => ({
  cell,
  hidden,
  bidirectional,
  bias,
  peepholes,
  learnInitial,
  // What came later is written out where it is not the default: files from before do not have it.
  ...(projection !== undefined && { projection }),
  ...(merge !== 'concat' && { merge }),
  ...(backwards && { backwards }),
  ...(recurrentActivation !== 'sigmoid' && { recurrentActivation }),
  ...(activation !== 'tanh' && { activation }),
  ...(inputDropout > 0 && { inputDropout }),
  ...(recurrentDropout > 0 && { recurrentDropout }),
})

const completeDense = ({ dense, activation = 'linear', bias = true }: DenseSpec): DenseSpec => ({ dense, activation, bias })

/** The default inputs are not written out: files from before there were others do not have them. */
const completeInputs = ({ inputs }: { readonly inputs?: readonly Source[] }, l: number): { readonly inputs?: readonly Source[] } =>
  !inputs || (inputs.length === 1 && inputs[0] === before(l)) ? {} : { inputs }

/** The default loss is not written out: files from before there were others do not have it. */
const completeNumbers = ({ numbers, loss = 'squared-error', delta = 1 }: NumbersHead): NumbersHead => ({
  numbers,
  ...(loss !== 'squared-error' && { loss }),
  ...(loss === 'huber' && { delta }),
})

/** The id of a target that does not count: no loss, no gradient. */
export const ignored = 0xffffffff

/** The slope of a hard sigmoid; null: the gates have the logistic function. */
export const hardSlope = ({ recurrentActivation }: LayerSpec): number | null =>
  recurrentActivation === 'hard-sigmoid' ? 1 / 6 : recurrentActivation === 'hard-sigmoid-0.2' ? 0.2 : null

/** Whether a layer has its cell's usual functions. */
export const hasUsualActivations = (layer: LayerSpec): boolean => hardSlope(layer) === null && (layer.activation ?? 'tanh') === 'tanh'

/** Logical shapes of parameters by name: row-major, without padding. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>

/** Whether a direction of a layer reads time backwards. */
export const readsBackwards = ({ backwards = false }: Pick<LayerSpec, 'backwards'>, direction: number): boolean => direction === 1 || backwards

/** Whether a layer reads forwards only: its state can go on from one batch to the next. */
export const readsForwards = ({ bidirectional = false, backwards = false }: Pick<LayerSpec, 'bidirectional' | 'backwards'>): boolean =>
  !bidirectional && !backwards

/** D: 2 for a bidirectional layer, else 1. */
export const directions = (layer: LayerSpec): 1 | 2 => (layer.bidirectional ? 2 : 1)

/** Directions of what a layer gives: 2 where those of a bidirectional layer stand side by side. */
export const outputDirections = (layer: LayerSpec): 1 | 2 => (layer.bidirectional && (layer.merge ?? 'concat') === 'concat' ? 2 : 1)

/** The size of a state of a recurrent layer in each direction: P of h where it is projected, else H. */
export const stateSize = ({ hidden, projection }: Pick<LayerSpec, 'hidden' | 'projection'>, state: 'h' | 'c'): number =>
  state === 'h' ? (projection ?? hidden) : hidden

/** The size of what a recurrent layer gives at one step. */
export const outputSize = (layer: LayerSpec): number => stateSize(layer, 'h') * outputDirections(layer)

export const isDense = (layer: LayerSpec | DenseSpec): layer is DenseSpec => 'dense' in layer

/** The recurrent layers, each with its number among all layers. Lists of states have an element for each. */
export const recurrentLayers = ({ layers }: Pick<NetworkSpec, 'layers'>): { readonly l: number; readonly layer: LayerSpec }[] =>
  layers.flatMap((layer, l) => (isDense(layer) ? [] : [{ l, layer }]))

/** Random streams of the masks of layer `l` that a sequence has one of. (That of its outputs is `l`.) */
export const maskStreams = (l: number): { readonly input: number; readonly state: number } => ({ input: 0x10000 + l, state: 0x20000 + l })

/** Whether layer `l` reads ids that it looks up, so that no x is there. */
export const looksUp = (spec: NetworkSpec, l: number): boolean => sourcesOf(spec, l)[0] === 'input' && 'ids' in spec.input && !spec.input.embedding

/** From a row of what a reader reads to the next, in elements: one source has each direction padded to a multiple of 4, several are joined before. */
export function inputStride(spec: NetworkSpec, reader: Reader): number {
  const sources = sourcesOf(spec, reader)
  const [D, H] = sources.length === 1 ? outputShape(spec, sources[0]!) : [1, inputSize(spec, reader)]
  return D * Math.ceil(H / 4) * 4
}

/** A layer without what acts in training alone: a model of another format does not say it. */
export function withoutDropout<L extends LayerSpec | DenseSpec>(layer: L): Omit<L, 'inputDropout' | 'recurrentDropout'> {
  const { inputDropout: _, recurrentDropout: __, ...rest } = layer as LayerSpec
  return rest as unknown as Omit<L, 'inputDropout' | 'recurrentDropout'>
}

/** A layer by its number, or the head: what reads. */
export type Reader = number | 'head'

/** What layer `l` reads by default. */
const before = (l: number): Source => (l === 0 ? 'input' : l - 1)

/** What a layer or the head reads, in order. */
export function sourcesOf({ layers, head }: NetworkSpec, reader: Reader): readonly Source[] {
  const { inputs } = reader === 'head' ? head! : layers[reader]!
  return inputs ?? [before(reader === 'head' ? layers.length : reader)]
}

/** Whether every layer and the head read the layer before and nothing else, and all layers are recurrent. */
export const isPlainStack = (spec: NetworkSpec): boolean => {
  const { layers, head } = completeSpec(spec)
  return layers.every((layer) => !isDense(layer) && !layer.inputs) && !head?.inputs
}

/** Whether layer `l`, which is dense, works on final states and not at every step: it comes after the last recurrent layer, and the head is at the
 * last step. */
export const isFinal = ({ layers, head }: NetworkSpec, l: number): boolean => head?.at === 'last' && layers.slice(l).every(isDense)

/** The size of what a reader may read, at one step: [D, H] of a recurrent layer, [1, N] of a dense one and of the input. */
export function outputShape({ input, layers }: NetworkSpec, source: Source): readonly [D: number, H: number] {
  if (source === 'input') return [1, 'features' in input ? input.features : (input.embedding ?? input.ids)]
  const layer = layers[source]!
  return isDense(layer) ? [1, layer.dense] : [outputDirections(layer), stateSize(layer, 'h')]
}

/** I of a layer or the head: the size of its input at one step. */
export const inputSize = (spec: NetworkSpec, reader: Reader): number =>
  sourcesOf(spec, reader).reduce<number>((n, source) => {
    const [D, H] = outputShape(spec, source)
    return n + D * H
  }, 0)

/** Every parameter of the network, in storage order:
 * `embedding` [V, E]; for each recurrent layer ℓ `layers.ℓ.W` [I, D, G, H], `layers.ℓ.U` [D, P, G, H] (P = H unless h is projected),
 * `layers.ℓ.b` [D, G, H], `layers.ℓ.bn` [D, H] (GRU reset-after), `layers.ℓ.p` [D, 3, H] (peepholes of i f o), `layers.ℓ.R` [D, H, P]
 * (projection of h), `layers.ℓ.h0` [D, P] and `layers.ℓ.c0` [D, H] (learned initial states); for each dense layer ℓ `layers.ℓ.W` [I, N],
 * `layers.ℓ.b` [N]; `head.W` [I, V], `head.b` [V]. */
export function parameterShapes(spec: NetworkSpec): ParameterShapes {
  const shapes = new Map<string, readonly number[]>()
  if ('ids' in spec.input && spec.input.embedding) shapes.set('embedding', [spec.input.ids, spec.input.embedding])
  spec.layers.forEach((layer, l) => {
    if (isDense(layer)) {
      shapes.set(`layers.${l}.W`, [inputSize(spec, l), layer.dense])
      if (layer.bias !== false) shapes.set(`layers.${l}.b`, [layer.dense])
      return
    }
    const { gates, recurrentBias } = cells[layer.cell]
    const [I, D, G, H, P] = [inputSize(spec, l), directions(layer), gates.length, layer.hidden, stateSize(layer, 'h')]
    shapes.set(`layers.${l}.W`, [I, D, G, H])
    shapes.set(`layers.${l}.U`, [D, P, G, H])
    if (layer.bias !== false) {
      shapes.set(`layers.${l}.b`, [D, G, H])
      if (recurrentBias) shapes.set(`layers.${l}.bn`, [D, H])
    }
    if (layer.peepholes) shapes.set(`layers.${l}.p`, [D, 3, H])
    if (layer.projection !== undefined) shapes.set(`layers.${l}.R`, [D, H, P])
    if (layer.learnInitial) for (const state of cells[layer.cell].states) shapes.set(`layers.${l}.${state}0`, [D, stateSize(layer, state)])
  })
  if (spec.head) {
    shapes.set('head.W', [inputSize(spec, 'head'), headSize(spec)])
    shapes.set('head.b', [headSize(spec)])
  }
  return shapes
}
