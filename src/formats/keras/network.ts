// What a reader of Keras models is told, what it gives, and what it reads weights through.
import type { NetworkSpec } from '../../spec'
import type { FloatTensor } from '../safetensors'
import type { KerasLayer } from './layers'

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
  /** The name of a cell among several that are stacked, and its path in Keras 3. */
  readonly stacked?: { readonly name: string; readonly path: string }
}
