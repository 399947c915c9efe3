// Forward only, for batches of one shape: allocated once, one encoder and one submit a batch.
import { checkOptions, SluiceError, type Known } from './errors'
import { firstNotFinite, notFiniteError } from './finite'
import { Forward } from './forward'
import { checkStrategyOption, type StrategyOption } from './gpu/strategy'
import { unpack } from './gpu/tensor'
import { checkNetwork, type Network } from './network'
import { checkState, PredictorState } from './predictor-state'
import { guardMethods } from './proxy-guard'
import { predictionPlans } from './schedule/training'

/** The options of a predictor: its sizes, and how its recurrences are dispatched. */
export interface PredictorOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default 'auto'. */
  readonly strategy?: StrategyOption
}

/** A batch to run forward. */
export interface PredictionBatch {
  /** Ids [T, B], for a network that reads ids. */
  readonly ids?: Uint32Array
  /** Vectors [T, B, I], for a network that reads features. */
  readonly features?: Float32Array
  /** Steps of each row, [B]. Default: T for all. */
  readonly lengths?: Uint32Array
  /** Which steps are read, [T, B]: 0 for one that is skipped, at the front, in the middle or at the end of a row. The state is carried over it, in
   * both directions, and the gradient passes. Values there may be anything. Not together with `lengths`. Default: all. */
  readonly mask?: Uint8Array
  /** Whether the state starts at zero (or at the learned initial state). If false, the state is carried over from the batch before; of a
   * batch with a `state`, from that. Default: true without a `state`, false with one. */
  readonly fresh?: boolean
  /** The state of a stream, of `Predictor.state`: the batch begins from it and leaves its final state in it, on the GPU. A row whose length
   * is 0 keeps its state. */
  readonly state?: PredictorState
}

const predictorNames = { steps: true, batch: true, strategy: true } satisfies Known<PredictorOptions>
const batchNames = { ids: true, features: true, lengths: true, mask: true, fresh: true, state: true } satisfies Known<PredictionBatch>

/** Runs a network forward, batch after batch. It allocates once, and costs one submit a batch. */
export class Predictor {
  private constructor(
    readonly network: Network,
    readonly options: PredictorOptions,
    private readonly forward: Forward,
  ) {
    guardMethods(this, Predictor)
  }

  get [Symbol.toStringTag](): string {
    return 'Predictor'
  }

  /** @throws SluiceError `bad-value` for a wrong option or a network without a head, `too-large` if the GPU cannot hold the batch. */
  static async create(network: Network, options: PredictorOptions): Promise<Predictor> {
    checkNetwork(network)
    const checked = checkOptions('options', options, '{ steps: 35, batch: 32 }', predictorNames)
    const { strategy = 'auto' } = checked
    checkStrategyOption(strategy)
    if (!network.spec.head)
      throw new SluiceError(
        'bad-value',
        'this network has no head, so it has nothing to predict. Create it with a head, or use Network.run, which returns the outputs of the last layer.',
      )
    return new Predictor(network, checked, await Forward.open('predictor', network, { ...checked, strategy }, predictionPlans))
  }

  /** Queues a batch at once and resolves with the output of the head: [T, B, V], or [B, V] for a head at the last step; zero past the end
   * of a row and at skipped steps. Several batches may be under way.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit, `not-finite` for an output that is not finite, `disposed`,
   * `device-lost`. */
  async predict(batch: PredictionBatch): Promise<Float32Array<ArrayBuffer>> {
    const { forward, network } = this
    const checked = forward.check<PredictionBatch>(batch, '{ ids }, or { features } for a network that reads features', batchNames, checkState)
    const { logits } = forward.unrolled.head!
    const [bytes] = await Promise.all(forward.submit(checked, [logits]))
    const values = forward.results(unpack(logits.shape, new Float32Array(bytes!)), checked)
    const wrong = firstNotFinite(values)
    if (wrong >= 0) throw await notFiniteError(network, `the prediction is ${values[wrong]} at ${wrong}`)
    return values
  }

  /** A state for a stream of B rows, on the GPU: at zero, or at the learned initial states. One predictor serves as many streams as it has
   * states: pass the state of its stream with each batch. Predictors of the same network and as many rows share states, whatever their steps.
   * The state outlives the predictor: destroy it.
   * @throws SluiceError `too-large`, `disposed`, `device-lost`. */
  async state(): Promise<PredictorState> {
    this.forward.checkAlive()
    return PredictorState.create(this.network, this.options.batch)
  }

  /** The plan of a batch; prints as a table. */
  get plan() {
    return this.forward.plan
  }

  /** Bytes on the GPU, without those of the network. `memoryOf` computes them beforehand. */
  get bytes(): number {
    return this.forward.bytes
  }

  /** Frees what the predictor allocated. The network stays. */
  destroy(): void {
    this.forward.destroy()
  }
}
