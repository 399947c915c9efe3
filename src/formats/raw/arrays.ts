// Arrays of another framework: which there are, and how they are laid out.

/** How the arrays of a layer are laid out, where they are not as in Sluice. */
export interface ArrayLayout {
  /** The gates in the order of the arrays, by their names in Sluice (`cells.gru.gates`). Default: Sluice's order, which is PyTorch's. */
  readonly gates?: readonly string[]
  /** Whether the gates stand before the inputs: [G·H, I] and [G·H, H] as in PyTorch, rather than [I, G·H] and [H, G·H] as in Keras. Default
   * false. */
  readonly transposed?: boolean
  /** LSTM: what the framework adds to the bias of the forget gate when it runs (1 in TensorFlow's BasicLSTMCell). Default 0. */
  readonly forgetBias?: number
  /** GRU: whether the update gate is the part of the candidate, h = (1 − z) h' + z n, and not that of the old state. Default false. */
  readonly updateTakesCandidate?: boolean
}

/** Numbers of all gates in one array; or an array for each gate, by its name. */
export type GateArrays = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

/** The arrays of one direction of a layer. */
export interface DirectionArrays {
  /** What the input is multiplied by, [I, G·H]. */
  readonly input?: GateArrays
  /** What the state before the step is multiplied by, [H, G·H]. */
  readonly recurrent?: GateArrays
  /** Both in one array, instead of `input` and `recurrent`: [I + H, G·H], that of the input first. */
  readonly joined?: GateArrays
  /** [G·H]. */
  readonly bias?: GateArrays
  /** A second bias, [G·H], which is added to the product with the state. Sluice adds it to the first, but for the candidate of
   * `gru-reset-after`. */
  readonly recurrentBias?: GateArrays
  /** LSTM: [3·H], of all gates but g. */
  readonly peepholes?: GateArrays
  /** Learned initial states, [H]. */
  readonly h0?: ArrayLike<number>
  readonly c0?: ArrayLike<number>
}

/** A layer: its layout, and the arrays of its direction, or of its two, forward first. */
export interface LayerArrays extends ArrayLayout {
  readonly directions: readonly DirectionArrays[]
}

/** A dense layer, or the head: weights [I, N], or [N, I] if `transposed`, the rows in the order of what it reads; and its bias [N], zeros unless
 * given. */
export interface DenseArrays {
  /** 'identity' where it passes on what it reads, I = N: an activation behind a recurrent layer, or joined outputs as they are. */
  readonly weights: ArrayLike<number> | 'identity'
  readonly bias?: ArrayLike<number>
  readonly transposed?: boolean
}

/** All arrays of a network. */
export interface NetworkArrays {
  /** [V, E], for a network with an embedding. */
  readonly embedding?: ArrayLike<number>
  /** One for each layer: of a recurrent one its directions, of a dense one its weights and bias. */
  readonly layers: readonly (LayerArrays | DenseArrays)[]
  /** The output layer. */
  readonly head?: DenseArrays
}

/** Arrays that `toArrays` made. `fromArrays` takes them too. */
export interface WrittenArrays extends NetworkArrays {
  readonly embedding?: Float32Array<ArrayBuffer>
  readonly layers: readonly (WrittenLayer | WrittenDense)[]
  readonly head?: WrittenDense
}

/** Those of a recurrent layer, with the layout that was asked for. */
export type WrittenLayer = ArrayLayout & { readonly directions: readonly WrittenDirection[] }

/** Those of a dense layer or of the head; one without a bias has none. */
export interface WrittenDense {
  readonly weights: Float32Array<ArrayBuffer>
  readonly bias?: Float32Array<ArrayBuffer>
}

/** Those of one direction that the layer has. */
export type WrittenDirection = { readonly [Kind in Exclude<keyof DirectionArrays, 'joined'>]?: Float32Array<ArrayBuffer> }
