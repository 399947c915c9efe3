// The loss on batches that the network does not train on: allocated once for one shape, one encoder and one submit a batch.
import { checkFlag, checkOptions, SluiceError, type Known } from './errors'
import { firstNotFinite, notFiniteError } from './finite'
import { checkStrategyOption, type StrategyOption } from './gpu/strategy'
import { unpack } from './gpu/tensor'
import { Forward } from './forward'
import { checkNetwork, type Network } from './network'
import { isRead } from './packing'
import { guardMethods } from './proxy-guard'
import { evaluationPlans } from './schedule/training'
import { headSize, ignored, type NetworkSpec } from './spec'

/** The options of an evaluator: its sizes, and how its recurrences are dispatched. */
export interface EvaluatorOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  /** Whether to return the logits as well. Default false. */
  readonly logits?: boolean
  /** How recurrences are dispatched, as in `TrainerOptions`. Default: the device's choice. */
  readonly strategy?: StrategyOption
}

/** A batch to compute the loss of. */
export interface EvaluationBatch {
  /** Ids [T, B], for a network that reads ids. */
  readonly ids?: Uint32Array
  /** Vectors [T, B, I], for a network that reads features. */
  readonly features?: Float32Array
  /** For each row of the head ([T, B], or [B] at the last step) an id below V, or for a head of numbers a vector. The id `ignored` and a
   * vector with NaN do not count. */
  readonly targets: Uint32Array | Float32Array
  /** Weight of each target in the loss, 0 or more: for each row of the head, or [B] for all steps of a row. The loss is the mean by these weights.
   * Default: 1 for each. */
  readonly weights?: Float32Array
  /** Steps of each row, [B]. Default: T for all. */
  readonly lengths?: Uint32Array
  /** Which steps are read, [T, B]: 0 for one that is skipped, at the front, in the middle or at the end of a row. The state is carried over it, in
   * both directions, and the gradient passes. Values there may be anything. Not together with `lengths`. Default: all. */
  readonly mask?: Uint8Array
  /** Whether the state starts at zero (or at the learned initial state). If false, the state is carried over from the batch before.
   * Default true. */
  readonly fresh?: boolean
}

/** The loss of a batch. */
export interface EvaluationResult {
  /** Mean loss over the targets that count (cross-entropy in nats, or squared error); 0 if none counts. */
  readonly loss: number
  /** Number of targets that count, with weights their sum: the weight of this loss in a mean over several batches. */
  readonly counted: number
  /** Output of the head, [T, B, V] or at the last step [B, V]; zero past the end of a row and at skipped steps. Only with `logits: true`. */
  readonly logits?: Float32Array<ArrayBuffer>
}

const evaluatorNames = { steps: true, batch: true, logits: true, strategy: true } satisfies Known<EvaluatorOptions>
const batchNames = { ids: true, features: true, targets: true, weights: true, lengths: true, mask: true, fresh: true } satisfies Known<EvaluationBatch>

/** Computes the loss of a network on batches, without training it. It allocates once, and costs one submit a batch. */
export class Evaluator {
  /** The parameters are read once for all batches whose loss is not finite at the same time. */
  #failure: Promise<SluiceError> | null = null

  private constructor(
    readonly network: Network,
    readonly options: EvaluatorOptions,
    private readonly forward: Forward,
  ) {
    guardMethods(this, Evaluator)
  }

  get [Symbol.toStringTag](): string {
    return 'Evaluator'
  }

  /** @throws SluiceError `bad-value` for a wrong option or a network without a head, `too-large` if the GPU cannot hold the batch. */
  static async create(network: Network, options: EvaluatorOptions): Promise<Evaluator> {
    checkNetwork(network)
    const checked = checkOptions('options', options, '{ steps: 35, batch: 32 }', evaluatorNames)
    checkStrategyOption(checked.strategy)
    checkFlag('logits', checked.logits)
    if (!network.spec.head) throw new SluiceError('bad-value', 'this network has no head, so it has no loss to evaluate. Create it with a head.')
    return new Evaluator(network, checked, await Forward.open('evaluator', network, checked, evaluationPlans))
  }

  /** Queues a batch at once and resolves when its loss has come back. Several batches may be under way.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit, `not-finite` for a loss or logits that are not,
   * `disposed`, `device-lost`. */
  async evaluate(batch: EvaluationBatch): Promise<EvaluationResult> {
    const { forward, network } = this
    const checked = forward.check<EvaluationBatch>(batch, '{ ids, targets }', batchNames)
    if (checked.targets === undefined || checked.targets === null)
      throw new SluiceError('bad-value', 'targets is missing, expected the right answer for each row of the head')
    const counted = countTargets(network.spec, checked, this.options.batch)
    const { statistics, head } = forward.unrolled
    const { logits } = head!
    const reads = [{ ...statistics, size: 16 }, ...(this.options.logits ? [logits] : [])]
    const [first, second] = await Promise.all(forward.submit(checked, reads))
    const loss = new Float32Array(first!)[0]!
    const values = second && forward.results(unpack(logits.shape, new Float32Array(second)), checked)
    if (!Number.isFinite(loss)) throw await this.#notFinite(`the loss is ${loss}`)
    const wrong = values ? firstNotFinite(values) : -1
    if (wrong >= 0) throw await this.#notFinite(`logits[${wrong}] is ${values![wrong]}`)
    return { loss, counted, ...(values && { logits: values }) }
  }

  #notFinite(what: string): Promise<SluiceError> {
    return (this.#failure ??= notFiniteError(this.network, what).finally(() => (this.#failure = null)))
  }

  /** The plan of a batch; prints as a table. */
  get plan() {
    return this.forward.plan
  }

  /** Bytes on the GPU, without those of the network. */
  get bytes(): number {
    return this.forward.bytes
  }

  /** Frees what the evaluator allocated. The network stays. */
  destroy(): void {
    this.forward.destroy()
  }
}

/** How many targets count, by their weights: those within their row, without the id `ignored` and without vectors that have NaN. */
function countTargets(spec: NetworkSpec, { targets, weights, lengths }: Pick<EvaluationBatch, 'targets' | 'weights' | 'lengths'>, B: number): number {
  const head = spec.head!
  const width = 'classes' in head ? 1 : headSize(spec)
  const counts = (n: number) => ('classes' in head ? targets[n] !== ignored : !targets.subarray(n * width, (n + 1) * width).some(Number.isNaN))
  const isIn = isRead({ lengths }, B)
  let counted = 0
  for (let n = 0; n < targets.length / width; n++) {
    if ((head.at === 'last' || isIn(n)) && counts(n)) counted += weights ? weights[n]! : 1
  }
  return counted
}
