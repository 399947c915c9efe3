// Forward only, batch after batch of one shape: allocated once, one encoder and one submit a batch.
import { checkBatch } from './check'
import { checkFlag, checkOptions, SluiceError, type Known } from './errors'
import { firstNotFinite, notFinite } from './finite'
import { checkStrategyOption, type StrategyOption } from './gpu/strategy'
import { unpack, writeTensor } from './gpu/tensor'
import { checkNetwork, type Network } from './network'
import { opaque } from './opaque'
import { maskRows } from './schedule/batch'
import { predictionPlans } from './schedule/training'
import { Session } from './session'

export interface PredictorOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default 'auto'. */
  readonly strategy?: StrategyOption
}

export interface PredictionBatch {
  /** Ids [T, B], for a network that reads ids. */
  readonly ids?: Uint32Array
  /** Vectors [T, B, I], for a network that reads features. */
  readonly features?: Float32Array
  /** Steps of each row, [B]; default T for all. */
  readonly lengths?: Uint32Array
  /** Whether the state begins anew; otherwise it is carried over from the batch before. Default true. */
  readonly fresh?: boolean
}

const predictorNames = { steps: true, batch: true, strategy: true } satisfies Known<PredictorOptions>
const batchNames = { ids: true, features: true, lengths: true, fresh: true } satisfies Known<PredictionBatch>

export class Predictor {
  #destroyed = false

  private constructor(
    readonly network: Network,
    readonly options: PredictorOptions,
    private readonly session: Session<'fresh' | 'carry' | 'forward'>,
  ) {
    opaque(this, Predictor)
  }

  get [Symbol.toStringTag](): string {
    return 'Predictor'
  }

  /** @throws SluiceError `bad-value` for a wrong option or a network without a head, `too-large` if the GPU cannot hold the
   * batch. */
  static async create(network: Network, given: PredictorOptions): Promise<Predictor> {
    checkNetwork(network)
    const options = checkOptions('options', given, '{ steps: 35, batch: 32 }', predictorNames)
    const { steps, batch, strategy = 'auto' } = options
    checkStrategyOption(strategy)
    if (!network.spec.head)
      throw new SluiceError(
        'bad-value',
        'this network has no head, so nothing to predict. Give it one, or use Network.run, which brings the outputs of the last layer.',
      )
    return new Predictor(network, options, await Session.open(network, { steps, batch, train: false }, strategy, predictionPlans))
  }

  /** Queues a batch at once and resolves with what the head says of it: [T, B, V], or [B, V] of a head at the last step;
   * zero past the end of a row. Several may be under way.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit, `not-finite` for what the head says, `disposed`, `device-lost`. */
  async predict(batch: PredictionBatch): Promise<Float32Array<ArrayBuffer>> {
    const {
      network,
      session: { gpu, unrolled },
    } = this
    if (this.#destroyed) throw new SluiceError('disposed', 'this predictor was destroyed. Create a new one.')
    network.checkAlive()
    gpu.checkAlive()
    const shape = { steps: this.options.steps, batch: this.options.batch }
    const { ids, features, lengths, fresh = true } = checkOptions('batch', batch, '{ ids }, or { features } of a network that reads features', batchNames)
    checkFlag('fresh', fresh)
    checkBatch(network.spec, { ...shape, ids, features, lengths })
    if (!fresh && unrolled.layers.some((layer) => layer.D === 2))
      throw new SluiceError(
        'bad-value',
        'fresh is false, but a bidirectional network cannot carry its state from batch to batch: it reads from the end too. Use fresh batches.',
      )
    unrolled.batch.write({ ids, lengths })
    if (features) writeTensor(gpu, unrolled.x!, maskRows(features, { ...shape, lengths }))
    const { logits } = unrolled.head!
    const [arrival] = this.session.submit('prediction', [fresh ? 'fresh' : 'carry', 'forward'], [logits])
    const values = unpack(logits.shape, new Float32Array(await arrival!))
    const said = network.spec.head!.at === 'last' ? values : maskRows(values, { ...shape, lengths })
    const wrong = firstNotFinite(said)
    if (wrong >= 0) throw await notFinite(network, `the prediction is ${said[wrong]} at ${wrong}`)
    return said
  }

  /** The plan of a batch; prints as a table. */
  get plan() {
    return this.session.programs.forward.plan
  }

  /** Bytes on the GPU beside the network's. `memoryOf` knows them beforehand. */
  get bytes(): number {
    return this.session.bytes
  }

  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
  }
}
