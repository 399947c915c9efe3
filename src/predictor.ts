// Forward only, batch after batch of one shape: allocated once, one encoder and one submit a batch.
import { checkBatch } from './check'
import { checkFlag, checkOptions, SluiceError, type Known } from './errors'
import { firstNotFinite, notFinite } from './finite'
import type { Program } from './gpu/engine'
import { checkPlan, type PlanName } from './gpu/plan'
import { unpack, writeTensor } from './gpu/tensor'
import { checkNetwork, type Network } from './network'
import { opaque } from './opaque'
import { maskRows } from './schedule/batch'
import { predictionPlans } from './schedule/training'
import type { Unrolled } from './schedule/unroll'
import { fastestPlan } from './tune'

export interface PredictorOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  /** How recurrences are dispatched, as in `TrainerOptions`: the fastest here ('auto', the default), or by name. */
  readonly plan?: PlanName | 'auto'
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

const predictorNames = { steps: true, batch: true, plan: true } satisfies Known<PredictorOptions>
const batchNames = { ids: true, features: true, lengths: true, fresh: true } satisfies Known<PredictionBatch>

export class Predictor {
  #destroyed = false
  /** Where the predictor lives; its network may have moved on when that was lost. */
  readonly #gpu

  private constructor(
    readonly network: Network,
    readonly options: PredictorOptions,
    private readonly unrolled: Unrolled,
    private readonly programs: Record<'fresh' | 'carry' | 'forward', Program>,
  ) {
    opaque(this, Predictor)
    this.#gpu = network.gpu
  }

  get [Symbol.toStringTag](): string {
    return 'Predictor'
  }

  /** @throws SluiceError `bad-value` for a wrong option or a network without a head, `too-large` if the GPU cannot hold the
   * batch. */
  static async create(network: Network, given: PredictorOptions): Promise<Predictor> {
    checkNetwork(network)
    const options = checkOptions('options', given, '{ steps: 35, batch: 32 }', predictorNames)
    const { steps, batch, plan: named = 'auto' } = options
    checkPlan(named, ['auto'])
    if (!network.spec.head) throw new SluiceError('bad-value', 'this network has no head, so nothing to predict. Give it one, or use Network.run, which brings the outputs of the last layer.')
    const unrolled = await network.unroll({ steps, batch, train: false }, named === 'auto' ? undefined : named)
    try {
      const plan = named === 'auto' ? await fastestPlan(network, { steps, batch, train: false }) : named
      return new Predictor(network, options, unrolled, await network.prepare(predictionPlans(unrolled, plan)))
    } catch (error) {
      unrolled.destroy()
      throw error
    }
  }

  /** Queues a batch at once and resolves with what the head says of it: [T, B, V], or [B, V] of a head at the last step;
   * zero past the end of a row. Several may be under way.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit, `not-finite` for what the head says, `disposed`, `device-lost`. */
  async predict(batch: PredictionBatch): Promise<Float32Array<ArrayBuffer>> {
    const { network, unrolled } = this
    if (this.#destroyed) throw new SluiceError('disposed', 'this predictor was destroyed. Create a new one.')
    network.checkAlive()
    this.#gpu.checkAlive()
    const shape = { steps: this.options.steps, batch: this.options.batch }
    const { ids, features, lengths, fresh = true } = checkOptions('batch', batch, '{ ids }, or { features } of a network that reads features', batchNames)
    checkFlag('fresh', fresh)
    checkBatch(network.spec, { ...shape, ids, features, lengths })
    if (!fresh && unrolled.layers.some((layer) => layer.D === 2))
      throw new SluiceError('bad-value', 'fresh is false, but a bidirectional network cannot carry its state from batch to batch: it reads from the end too. Use fresh batches.')
    const { device, readback } = this.#gpu
    unrolled.batch.write({ ids, lengths })
    if (features) writeTensor(this.#gpu, unrolled.x!, maskRows(features, { ...shape, lengths }))
    const encoder = device.createCommandEncoder({ label: 'prediction' })
    if (fresh) this.programs.fresh.encode(encoder)
    else this.programs.carry.encode(encoder)
    this.programs.forward.encode(encoder)
    const { logits } = unrolled.head!
    const arrive = readback.encode(encoder, logits)
    device.queue.submit([encoder.finish()])
    const values = unpack(logits.shape, new Float32Array(await arrive()))
    const said = network.spec.head!.at === 'last' ? values : maskRows(values, { ...shape, lengths })
    const wrong = firstNotFinite(said)
    if (wrong >= 0) throw await notFinite(network, `the prediction is ${said[wrong]} at ${wrong}`)
    return said
  }

  /** The plan of a batch; prints as a table. */
  get plan() {
    return this.programs.forward.plan
  }

  /** Bytes on the GPU beside the network's. `memoryOf` knows them beforehand. */
  get bytes(): number {
    return [this.unrolled, ...Object.values(this.programs)].reduce((n, { bytes }) => n + bytes, 0)
  }

  destroy(): void {
    this.#destroyed = true
    this.unrolled.destroy()
    for (const program of Object.values(this.programs)) program.destroy()
  }
}
