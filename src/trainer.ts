// The trainer: one encoder and one submit a step for forward, loss, backward, clipping and update. Only the loss and the norm of the
// gradient come back to the CPU, and the next step can be queued before they arrive.
import { verdicts, explainDroppedStep, type DroppedStep } from './dropped-step'
import { checkCount, checkFlag, checkLimit, checkNumber, checkOptions, show, SluiceError, type Known } from './errors'
import { largestMagnitude } from './finite'
import { readModelFile, writeModelFile, type ModelFile, type TrainingState } from './formats/model-file'
import type { View } from './gpu/view'
import type { Plan } from './gpu/plan'
import type { Profile, Stopwatch } from './gpu/stopwatch'
import { checkRoom } from './gpu/dry-run'
import { checkStrategyOption, type StrategyOption } from './gpu/strategy'
import { readTensor, unpack, writeTensor, type Tensor } from './gpu/tensor'
import { checkBatch, checkClassWeights, checkRows, expectArray } from './check-batch'
import { checkNetwork, type Network } from './network'
import { isRead, packBatch, unpackRows, type PackedBatch } from './packing'
import { guardMethods } from './proxy-guard'
import { checkOptimizer, type Optimizer } from './optimizer'
import { checkGroups, type ParameterGroup } from './parameter-groups'
import { soundStrategies } from './quick-check'
import { pcg3d } from './random'
import { rateAt } from './learning-rate'
import { maskRows } from './schedule/batch'
import { allocateTraining, checkNotFinite, trainingPlans, type NotFinitePolicy, type TrainingProgram } from './schedule/training'
import { unroll } from './schedule/unroll'
import { Session } from './session'
import { chooseStrategy } from './tune'

/** Random stream of dropout, so that its seeds differ from other uses of the same seed. */
const dropoutStream = 0xd209

/** Steps between two copies for rollback. */
const copyEvery = 100

/** Name in a file of the copy of the parameters, or of a tensor of optimizer state. */
const copyName = (name: string): string => `copy-of-${name}`

/** The sizes of a training, its optimizer and its limits. */
export interface TrainerOptions {
  /** T, steps of a batch: the length of backpropagation through time. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  readonly optimizer: Optimizer
  /** Largest global norm of the gradient. Default: no limit; neither for Infinity. */
  readonly clipNorm?: number | undefined
  /** Largest absolute value of a gradient element, after clipping by norm. Default: no limit; neither for Infinity. */
  readonly clipValue?: number | undefined
  /** What happens to a step whose loss or gradient is NaN or infinite. The GPU checks it before the update, so the step changes no weight,
   * no optimizer state and no carried state.
   *
   * - `stop` (default): steps queued behind it change nothing either. All these promises reject with `not-finite`; the error of the first
   *   one says why. The next `step` continues from before it.
   * - `skip`: training continues; the result has `skipped: true`.
   * - `rollback`: as `skip`; also, weights and optimizer state return to a copy from a finite step. It is copied every 100 steps. */
  readonly notFinite?: NotFinitePolicy | undefined
  /** Weight of each class in the loss, [V]. Default: 1 for each. */
  readonly classWeights?: Float32Array | undefined
  /** How recurrences are dispatched. 'auto' (default): the fastest strategy that was measured here for this shape. If none was measured yet:
   * the best guess, while the others are timed beside the training, for the next trainer. 'fastest': all are timed before the first step.
   * A name: always that one, so that runs are the same to the bit at any time. A training never changes its strategy. */
  readonly strategy?: StrategyOption
  /** Whether to store the gates of one segment of the steps only, and to compute the others again in backward: for sequences too long
   * for memory, at the cost of about one more forward pass. Results are the same to rounding. `true`: segments of √T steps. A number:
   * segments of that many steps (at most T). Default false. */
  readonly recompute?: boolean | number | undefined
  /** Seed of dropout. Default 0. */
  readonly seed?: number
  /** Whether the passes of a step can be made one by one, by `forward`, `backward` and `apply`: for losses of your own and for gradient
   * accumulation. Takes one more buffer as large as the parameters. Default false. */
  readonly passes?: boolean | undefined
  /** Parameters that are frozen, or have a rate or a weight decay of their own. Not saved with the training: they may be others on
   * `resume`. Default: all are trained alike. */
  readonly groups?: readonly ParameterGroup[] | undefined
}

/** A batch to train on. */
export interface TrainingBatch {
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
  /** Whether the state starts at zero (or at the learned initial state). If false, the state is carried over from the batch before,
   * without gradient; a learned initial state then learns nothing from this batch. Default true. */
  readonly fresh?: boolean
}

const trainerNames = {
  steps: true,
  batch: true,
  optimizer: true,
  clipNorm: true,
  clipValue: true,
  notFinite: true,
  classWeights: true,
  strategy: true,
  recompute: true,
  seed: true,
  passes: true,
  groups: true,
} satisfies Known<TrainerOptions>
/** A batch of a forward pass: a loss of your own needs no targets. */
export type PassBatch = Omit<TrainingBatch, 'targets'> & Partial<Pick<TrainingBatch, 'targets'>>

/** What a backward pass starts from. */
export interface BackwardPass {
  /** dL/d(logits) of your own loss, in the shape of the logits; past the end of a row and at skipped steps it is not read. Default: that of the built-in loss on
   * the targets of the forward pass. */
  readonly logitGradients?: Float32Array
  /** Encodes your own passes, which put dL/d(logits) in place of the logits on the GPU. Their tensor is [T, B, V], or [B, V] at the last step,
   * with V padded to a multiple of 4: write 0 into the padding. */
  readonly encode?: (encoder: GPUCommandEncoder, logits: Tensor) => void
  /** Factor of the built-in loss: 1 / n for the mean over n accumulated passes. Default 1. */
  readonly scale?: number
}

/** What an update did. */
export type ApplyResult = Omit<StepResult, 'loss'>

const passNames = { logitGradients: true, encode: true, scale: true } satisfies Known<BackwardPass>
const batchNames = { ids: true, features: true, targets: true, weights: true, lengths: true, mask: true, fresh: true } satisfies Known<TrainingBatch>

/** The numbers of one training step. */
export interface StepResult {
  /** Training step, from 0. */
  readonly step: number
  /** Mean loss over the targets that count (cross-entropy in nats, or squared error), before the update; 0 if none counts. */
  readonly loss: number
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: number
  /** Learning rate of this step. */
  readonly rate: number
  /** Whether the step was dropped because loss or gradient were not finite; see `notFinite` of `TrainerOptions`. */
  readonly skipped?: boolean
}

/** Trains a network on batches of yours. It allocates once; each step is one submit, and several can be queued. */
export class Trainer {
  #step = 0
  #destroyed = false
  /** Whether the copies for rollback do not exist yet. */
  #needsCopies = true
  /** The step that stopped the training, and whether its error was thrown: then the next step continues. */
  #stoppedAt = 0
  #isReported = false
  /** Passes one by one: what the last forward pass read, until its backward pass; and backward passes since the last update. */
  #forward: { readonly batch: PackedBatch; readonly fresh: boolean; readonly seed: number } | null = null
  #passes = 0
  /** Whether one of these passes carried no state, and their largest inputs. */
  #freshPasses = true
  #inputs = new Map<string, number>()
  readonly #control
  /** The device of the trainer. The network may have moved to another one since, after a loss. */
  readonly #gpu

  private constructor(
    readonly network: Network,
    readonly options: TrainerOptions,
    private readonly session: Session<TrainingProgram>,
    private readonly optimizerState: ReadonlyMap<string, View>,
    private readonly copies: ReadonlyMap<string, View>,
    private readonly earlier: View | null,
  ) {
    guardMethods(this, Trainer)
    const { optimizer, clipNorm, clipValue } = options
    this.#gpu = network.gpu
    this.#control = { ...optimizer, clip_norm: checkLimit('clipNorm', clipNorm), clip_value: checkLimit('clipValue', clipValue) }
  }

  /** @throws SluiceError `bad-value` for a wrong option, `too-large` if the GPU cannot hold the batch, `wrong-results` if it computes wrong
   * numbers. */
  static async create(network: Network, options: TrainerOptions): Promise<Trainer> {
    checkNetwork(network)
    const copy = checkOptions('options', options, '{ steps: 35, batch: 32, optimizer: adam({ rate: 2e-3 }), clipNorm: 1 }', trainerNames)
    const given = { ...copy, optimizer: checkOptimizer(copy.optimizer) }
    const traits = checkGroups(network.spec, given.groups, given.optimizer)
    const checked = { ...given, ...(traits && { traits }) }
    const { steps, batch, optimizer, clipNorm, clipValue, classWeights, seed, notFinite } = checked
    if (seed !== undefined) checkCount('seed', seed, { min: 0, max: 0xffffffff })
    checkLimit('clipNorm', clipNorm)
    checkLimit('clipValue', clipValue)
    checkNotFinite(notFinite)
    checkFlag('passes', checked.passes)
    if (!network.spec.head)
      throw new SluiceError(
        'bad-value',
        'this network has no head, so it has no loss to train on. Create it with a head, or use Network.run with outputGradients.',
      )
    checkCount('steps', steps)
    checkCount('batch', batch)
    if (classWeights !== undefined) checkClassWeights(network.spec, classWeights, network.spec.head.at === 'last' ? batch : steps * batch)
    const { gpu, parameters } = network
    network.checkAlive()
    checkStrategyOption(checked.strategy)
    const what = `training on ${steps} steps of ${batch} rows`
    // Checked before the strategies are measured on fewer steps, which may fit.
    checkRoom(gpu, what, (on) => allocateTraining(on, parameters, checked), checked.recompute ? '' : ', or set recompute: true')
    const choice = await chooseStrategy(network, { steps, batch, train: true }, checked.strategy ?? 'auto', (names) =>
      soundStrategies(gpu, network.spec, names, optimizer.kind),
    )
    const training = await unroll(gpu, what, (on) => allocateTraining(on, parameters, checked))
    const { unrolled, memory: optimizerState, copies, earlier } = training
    try {
      const programs = await choice.prepare((strategy) =>
        network.prepare(trainingPlans(training, { optimizer, strategy }) as Readonly<Record<TrainingProgram, Plan>>),
      )
      return new Trainer(network, checked, new Session(gpu, unrolled, programs, choice.measurement), optimizerState, copies, earlier)
    } catch (error) {
      unrolled.destroy()
      for (const { buffer } of [...optimizerState.values(), ...copies.values(), ...(earlier ? [earlier] : [])]) buffer.destroy()
      throw error
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Trainer'
  }

  /** What the optimizer state depends on, in addition to the kind of the optimizer. */
  get #settings(): NonNullable<TrainingState['settings']> {
    const { beta1, beta2, epsilon, decay } = this.options.optimizer
    return { beta1, beta2, epsilon, decay }
  }

  /** The plan of a step; prints as a table. */
  get plan() {
    return this.session.programs.step.plan
  }

  /** Number of the next step: steps queued so far, including those before a `resume`. */
  get steps(): number {
    return this.#step
  }

  /** Queues a training step at once and resolves when its loss has come back. Several may be under way. Catch the errors of all of them,
   * even if you await only one.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit, `not-finite` if the training stops (see `notFinite`),
   * `disposed`, `device-lost`. */
  async step(batch: TrainingBatch): Promise<StepResult> {
    return this.#run(batch)
  }

  /** Runs a training step like `step`, and returns the milliseconds of each dispatch. Each dispatch is a compute pass of its own, so
   * together they take longer than a normal step.
   * @throws SluiceError `no-adapter` if the device lacks WebGPU's feature timestamp-query, and the errors of `step`. */
  async profile(batch: TrainingBatch): Promise<Profile & { readonly step: StepResult }> {
    const { Stopwatch } = await import('./gpu/stopwatch') // a chunk of its own: not downloaded for training alone
    let stopwatch: Stopwatch | undefined
    try {
      const step = await this.#run(batch, () => (stopwatch = new Stopwatch(this.#gpu, this.session.programs[this.#stepProgram(batch.fresh ?? true)])))
      return { step, ...(await stopwatch!.read()) }
    } finally {
      stopwatch?.destroy()
    }
  }

  /** @param startStopwatch called after the checks of the batch, to time the step */
  async #run(unchecked: TrainingBatch, startStopwatch?: () => Stopwatch): Promise<StepResult> {
    this.#checkAlive()
    if (this.#passes > 0) throw new SluiceError('bad-value', 'step would drop the gradients of the backward passes since the last update. Call apply first.')
    const batch = this.#checkBatch(unchecked)
    const { features, targets } = batch
    if (targets === undefined || targets === null) throw new SluiceError('bad-value', 'targets is missing, expected the right answer for each row of the head')
    const stopwatch = startStopwatch?.()
    const rate = this.#write(batch, this.#seed(0))
    const begin = batch.fresh ? 'fresh' : 'carry'
    this.#forward = null
    return this.#update(
      stopwatch ? [] : [begin, this.#stepProgram(batch.fresh)],
      { rate, fresh: batch.fresh, inputs: largestInputs({ features, targets }) },
      (encoder) => {
        if (!stopwatch) return
        this.session.encode(encoder, [begin])
        stopwatch.encode(encoder)
      },
    )
  }

  /** A batch that goes on from the one before teaches no initial state. */
  #stepProgram(fresh: boolean): 'step' | 'carried step' {
    return fresh || !this.session.unrolled.states.learns ? 'step' : 'carried step'
  }

  /** A checked batch of a step or of a forward pass. @throws SluiceError `bad-shape`, `bad-value`. */
  #checkBatch(unchecked: PassBatch): PackedBatch & { readonly fresh: boolean } {
    const {
      network: { spec },
      session: { unrolled },
      options,
    } = this
    const { fresh = true, ...arrays } = checkOptions<PassBatch>('batch', unchecked, '{ ids, targets }', batchNames)
    checkFlag('fresh', fresh)
    checkBatch(spec, { ...options, ...arrays })
    if (!fresh && !unrolled.states.carries)
      throw new SluiceError(
        'bad-value',
        'fresh is false, but a bidirectional network, or one that reads backwards, cannot carry its state from batch to batch: it reads each batch from its end. Use fresh batches (in TextModel.train partition: random).',
      )
    return { fresh, ...packBatch(spec, options, arrays) }
  }

  /** Seed of dropout of the next step, in its n-th pass. */
  #seed(pass: number): number {
    return pcg3d((this.options.seed ?? 0) + pass, this.#step, dropoutStream)[0]
  }

  /** The numbers of the next step. */
  #numbers(rate: number, seed: number) {
    const step = this.#step
    const { beta1, beta2 } = this.options.optimizer
    const policy = (this.#stops ? 1 : 0) | (this.copies.size > 0 && step % copyEvery === 0 ? 2 : 0) // shaders/lib/control.wgsl
    return { ...this.#control, rate, policy, correction1: 1 - beta1 ** (step + 1), correction2: 1 - beta2 ** (step + 1), seed }
  }

  /** Sends a batch with the numbers of the next step; returns the learning rate. */
  #write({ ids, features, targets, weights, lengths }: PackedBatch, seed: number): number {
    const { unrolled } = this.session
    const rate = rateAt(this.options.optimizer.rate, this.#step)
    unrolled.batch.write({ ids, targets, weights, lengths, classWeights: this.options.classWeights, control: this.#numbers(rate, seed) })
    if (features) writeTensor(this.#gpu, unrolled.x!, maskRows(features, { ...this.options, lengths }))
    return rate
  }

  /** Submits programs that end with an update, and resolves with its result.
   * @param before encodes other commands first */
  async #update(
    runs: readonly TrainingProgram[],
    { rate, fresh, inputs }: { readonly rate: number; readonly fresh: boolean; readonly inputs: ReadonlyMap<string, number> },
    before?: (encoder: GPUCommandEncoder) => void,
  ): Promise<StepResult> {
    const {
      network,
      session: { unrolled },
      options,
    } = this
    const step = this.#step
    if (this.#isReported) this.#setVerdict(verdicts.skipped)
    // The first copies for rollback are of the values before the first step.
    const copies = this.#needsCopies ? [...this.copies] : []
    const [arrival] = this.session.submit(`training step ${step}`, runs, [{ ...unrolled.statistics, size: 16 }], (encoder) => {
      for (const [name, to] of copies) encoder.copyBufferToBuffer((this.optimizerState.get(name) ?? network.parameters.values).buffer, 0, to.buffer, 0, to.size)
      before?.(encoder)
    })
    this.#step++ // only now: a step that was refused does not count
    this.#isReported = this.#needsCopies = false
    const statistics = (await arrival)!
    const [loss, gradientNorm] = new Float32Array(statistics) as unknown as [number, number]
    const verdict = new Uint32Array(statistics)[3]!
    if (verdict === verdicts.counts) return { step, loss, gradientNorm, rate }
    if (verdict === verdicts.skipped) return { step, loss, gradientNorm, rate, skipped: true }
    if (verdict === verdicts.behind)
      throw new SluiceError('not-finite', `step ${step} was dropped because an earlier step was not finite: the error of that step says why`)
    this.#stoppedAt = step
    this.#checkAlive()
    const error = explainDroppedStep({ step, loss, gradientNorm, rate, clipNorm: options.clipNorm, inputs, ...(await this.#valuesBefore(fresh)) })
    // Only now, because steps that were queued during the wait are still behind the stop.
    this.#step = step
    this.#isReported = true
    throw error
  }

  /** Queues a forward pass at once, with dropout, and resolves with the logits: [T, B, V], or [B, V] for a head at the last step; zero past
   * the end of a row and at skipped steps. `backward` goes back from there. Needs `passes: true`.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit or a trainer without `passes`, `disposed`, `device-lost`. */
  async forward(batch: PassBatch): Promise<Float32Array<ArrayBuffer>> {
    this.#checkPasses()
    const checked = this.#checkBatch(batch)
    const { ids, features, targets, packing, fresh } = checked
    // Read again in backward, when the caller may have changed them.
    const lengths = checked.lengths?.slice()
    const { unrolled } = this.session
    const { logits } = unrolled.head!
    const seed = this.#seed(this.#passes)
    this.#write({ ...checked, ...(lengths && { lengths }) }, seed)
    if (this.#isReported) this.#setVerdict(verdicts.skipped)
    const [arrival] = this.session.submit('forward pass', [fresh ? 'fresh' : 'carry', 'forward'], [logits])
    // The next pass goes on from this one, whatever became of the step before.
    if (!this.#stops || this.#isReported) this.#setVerdict(verdicts.counts)
    this.#isReported = false
    const read = { ...(lengths && { lengths }), ...(packing && { packing }) }
    this.#forward = { batch: { ...(ids && { ids }), ...(targets && { targets }), ...read }, fresh, seed }
    if (this.#passes === 0) {
      this.#inputs.clear()
      this.#freshPasses = fresh
    }
    for (const [name, most] of largestInputs({ features, targets })) this.#inputs.set(name, Math.max(most, this.#inputs.get(name) ?? 0))
    const values = unpack(logits.shape, new Float32Array((await arrival)!))
    return this.network.spec.head!.at === 'last' ? values : unpackRows(values, read, this.options)
  }

  /** Queues the backward pass of the last forward pass at once: from the built-in loss, or from a gradient of the logits that you computed.
   * The gradients add up over several passes, until `apply`. Resolves with the mean built-in loss; with NaN for a gradient of your own.
   * @throws SluiceError `bad-shape`, `bad-value` for a gradient that does not fit, or without a forward pass before; `disposed`,
   * `device-lost`. */
  async backward(pass: BackwardPass = {}): Promise<number> {
    this.#checkPasses()
    const { logitGradients, encode, scale = 1 } = checkOptions('pass', pass, '{ logitGradients } or { scale: 0.5 }', passNames)
    const forward = this.#forward
    if (!forward) throw new SluiceError('bad-value', 'backward needs a forward pass of its own before it. Call forward first.')
    const { spec } = this.network
    const { unrolled } = this.session
    const { logits, losses } = unrolled.head!
    const isLast = spec.head!.at === 'last'
    checkNumber('scale', scale)
    if (logitGradients !== undefined) {
      const { steps, batch } = this.options
      expectArray('logitGradients', logitGradients, 'Float32Array', [
        ...(isLast ? [] : [['steps', steps] as [string, number]]),
        ['batch', batch],
        ['outputs', logits.shape.at(-1)!.size],
      ])
      const { lengths, packing } = forward.batch
      const isIn = isRead({ lengths, mask: packing?.mask }, batch)
      const read = (row: number) => isLast || isIn(row)
      checkRows('logitGradients', logitGradients, { rows: unrolled.batch.rows, read })
    }
    if (encode !== undefined && typeof encode !== 'function')
      throw new SluiceError('bad-value', `encode is ${show(encode)}, expected a function (encoder, logits) that encodes passes`)
    if (encode && logitGradients) throw new SluiceError('bad-value', 'pass has both logitGradients and encode, expected one of them')
    const own = encode !== undefined || logitGradients !== undefined
    if (own && scale !== 1) throw new SluiceError('bad-value', 'scale is that of the built-in loss. Scale your own gradient itself')
    if (!own && !forward.batch.targets)
      throw new SluiceError(
        'bad-value',
        'the forward pass had no targets, so there is no built-in loss. Pass targets to forward, or logitGradients to backward',
      )
    const { weight } = unrolled.batch
    // The seed makes the same dropout masks again.
    unrolled.batch.writeControl({ ...this.#numbers(0, forward.seed), weight: weight * scale })
    if (logitGradients) {
      const { lengths, packing } = forward.batch
      const ofSteps = () => packing?.pack(logitGradients) ?? maskRows(logitGradients, { ...this.options, lengths })
      writeTensor(this.#gpu, logits, isLast ? logitGradients : ofSteps())
    }
    const adds = this.#passes > 0
    const { gradients } = this.network.parameters
    const back = forward.fresh || !unrolled.states.learns ? 'backward' : 'carried backward'
    const runs = [own ? 'no loss' : 'loss', back, ...(adds ? (['accumulate'] as const) : [])] as const
    const arrivals = this.session.submit('backward pass', runs, own ? [] : [losses], (encoder) => {
      if (adds) encoder.copyBufferToBuffer(gradients.buffer, gradients.offset, this.earlier!.buffer, 0, gradients.size)
      encode?.(encoder, logits)
    })
    this.#forward = null
    this.#passes++
    if (own) return NaN
    const each = new Float32Array((await arrivals[0])!, 0, unrolled.batch.rows)
    return each.reduce((sum, loss) => sum + loss, 0) * weight
  }

  /** Queues the update by the gradients of the backward passes since the last one: clipping, optimizer, as in `step`. It counts as a step.
   * @throws SluiceError `bad-value` without a backward pass before, `not-finite` if the training stops (see `notFinite`), `disposed`,
   * `device-lost`. */
  async apply(): Promise<ApplyResult> {
    this.#checkPasses()
    if (this.#passes === 0) throw new SluiceError('bad-value', 'apply needs a backward pass before it, as there is no gradient yet. Call forward and backward.')
    const rate = rateAt(this.options.optimizer.rate, this.#step)
    this.session.unrolled.batch.writeControl({ ...this.#numbers(rate, 0), weight: 0 })
    this.#passes = 0
    this.#forward = null
    const { step, gradientNorm, skipped } = await this.#update(['apply'], { rate, fresh: this.#freshPasses, inputs: new Map(this.#inputs) })
    return { step, gradientNorm, rate, ...(skipped && { skipped }) }
  }

  #checkPasses(): void {
    this.#checkAlive()
    if (!this.earlier) throw new SluiceError('bad-value', 'this trainer makes whole steps. For forward, backward and apply, create it with passes: true.')
  }

  get #stops(): boolean {
    return (this.options.notFinite ?? 'stop') === 'stop'
  }

  /** Overwrites the verdict of the GPU on the last step. */
  #setVerdict(verdict: number): void {
    const { buffer, offset } = this.session.unrolled.statistics
    this.#gpu.device.queue.writeBuffer(buffer, offset + 12, Uint32Array.of(verdict))
  }

  /** The values from before the step that stopped the training. */
  async #valuesBefore(fresh: boolean): Promise<Pick<DroppedStep, 'parameters' | 'optimizerState' | 'carried'>> {
    const {
      network: { parameters },
      session: { unrolled },
    } = this
    const gpu = this.#gpu
    const states = fresh ? [] : [...unrolled.states.initials]
    const [values, moments, carried] = await Promise.all([
      parameters.read(),
      Promise.all(
        [...this.optimizerState].map(async ([what, view]) =>
          [...parameters.unpack(await gpu.read(view))].map(([name, v]) => [`${what} of ${name}`, v] as const),
        ),
      ),
      Promise.all(states.map(async ([name, state]) => [name, await readTensor(gpu, state)] as const)),
    ])
    return { parameters: values, optimizerState: new Map(moments.flat()), carried: new Map(carried) }
  }

  /** Everything that later steps depend on, as it is between the steps queued so far and those queued later. One submit copies all of it,
   * and no step waits for it. If the training has stopped, these are the values from before the step that was not finite.
   * @internal
   * @throws SluiceError `device-lost`, `disposed`. */
  async snapshot(): Promise<Pick<ModelFile, 'spec' | 'parameters'> & { readonly training: TrainingState }> {
    const {
      network,
      session: { unrolled },
      options,
    } = this
    const { spec, parameters } = network
    const gpu = this.#gpu
    this.#checkAlive()
    const step = this.#step
    const encoder = gpu.device.createCommandEncoder({ label: `snapshot before step ${step}` })
    const saved = [...this.optimizerState, ...(this.#needsCopies ? [] : [...this.copies].map(([name, view]) => [copyName(name), view] as const))]
    const flat = [parameters.values, ...saved.map(([, view]) => view)].map((view) => gpu.readback.encode(encoder, view))
    const finals = unrolled.states.carries ? [...unrolled.states.finals] : []
    const initials = unrolled.states.initials
    const verdict = gpu.readback.encode(encoder, { ...unrolled.statistics, size: 16 })
    // After a dropped step, the next batch continues from the states before that step.
    const states = finals.map(([name, state]) => [gpu.readback.encode(encoder, state), gpu.readback.encode(encoder, initials.get(name)!)] as const)
    gpu.device.queue.submit([encoder.finish()])
    const lastVerdict = new Uint32Array(await verdict())[3]!
    const [values, ...moments] = (await Promise.all(flat.map((arrive) => arrive()))).map((bytes) => parameters.unpack(bytes))
    const carried = (await Promise.all(states.map(async ([final, initial]) => [await final(), await initial()] as const))).map(([final, initial], i) => {
      const [name, { shape }] = finals[i]!
      const values = unpack(shape, new Float32Array(lastVerdict === verdicts.counts ? final : initial))
      // The next step would do the same: shaders/layer/carry_state.wgsl.
      return [name, lastVerdict === verdicts.skipped ? values.map((v) => (Number.isFinite(v) ? v : 0)) : values] as const
    })
    return {
      spec,
      parameters: values!,
      training: {
        step: lastVerdict >= verdicts.stopped ? this.#stoppedAt : step,
        optimizer: options.optimizer.kind,
        settings: this.#settings,
        strategy: this.plan.tuning.strategy.name,
        batch: options.batch,
        optimizerState: new Map(saved.map(([name], i) => [name, moments[i]!])),
        carried: new Map(carried),
      },
    }
  }

  /** The network and the state of its training, as a file. `resume` continues from it bit for bit; `Network.load` reads the network
   * alone. May be called at any time, also while steps are queued; they do not wait for it.
   * @throws SluiceError `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'Network', ...(await this.snapshot()) })
  }

  /** Continues the training of a file: takes its parameters, optimizer state, step and carried states. Rate, clipping and `steps` stay
   * those of this trainer.
   * @throws SluiceError `bad-file`; `bad-value` for a file of another network, optimizer or batch size. */
  resume(bytes: Uint8Array | ArrayBuffer): void {
    this.restore(readModelFile(bytes))
  }

  /** Like `resume`, from a file that has been read.
   * @internal */
  restore({ spec, parameters, training }: Pick<ModelFile, 'spec' | 'parameters' | 'training'>): void {
    const {
      network,
      session: { unrolled },
      options,
      optimizerState,
    } = this
    this.#checkAlive()
    network.expect(spec)
    if (!training)
      throw new SluiceError('bad-file', 'the file has a model, but no training to resume. Use a file from save() of the trainer or of the training.')
    const now = { optimizer: options.optimizer.kind, batch: options.batch, ...this.#settings }
    const saved: Readonly<Record<string, unknown>> = { ...training, ...training.settings }
    for (const [what, is] of Object.entries(now)) {
      const was = saved[what]
      if (was !== undefined && was !== is)
        throw new SluiceError('bad-value', `${what} is ${is}, but this training was saved with ${what} ${was}. Use the same value to resume it.`)
    }
    const finals = unrolled.states.carries ? unrolled.states.finals : new Map<string, never>()
    // A file from before networks with learned initial states could carry has none: then the next batch goes on from the learned ones.
    const carried = unrolled.states.learns && training.carried.size === 0 ? learnedStates(finals, parameters) : training.carried
    const missing = [...optimizerState.keys(), ...finals.keys()].find((name) => !training.optimizerState.has(name) && !carried.has(name))
    if (missing) throw new SluiceError('bad-file', `the training of the file has no ${missing}. Was the file edited?`)
    network.writeParameters(parameters)
    for (const [name, view] of optimizerState) network.parameters.write(training.optimizerState.get(name)!, view)
    for (const [name, state] of finals) writeTensor(this.#gpu, state, carried.get(name)!)
    this.#setVerdict(verdicts.counts)
    this.#isReported = false
    // The file has no copies if its training did not roll back.
    this.#needsCopies = ![...this.copies.keys()].every((name) => training.optimizerState.has(copyName(name)))
    if (!this.#needsCopies) for (const [name, view] of this.copies) network.parameters.write(training.optimizerState.get(copyName(name))!, view)
    this.#step = training.step
  }

  /** Bytes on the GPU without those of the network: batch, activations, optimizer state, uniforms. `memoryOf` computes them beforehand. */
  get bytes(): number {
    return this.session.bytes + this.#buffers.reduce((n, { size }) => n + size, 0)
  }

  /** What is on the GPU beside the session. */
  get #buffers(): GPUBuffer[] {
    return [...this.optimizerState.values(), ...this.copies.values(), ...(this.earlier ? [this.earlier] : [])].map(({ buffer }) => buffer)
  }

  #checkAlive(): void {
    if (this.#destroyed) throw new SluiceError('disposed', 'this trainer was destroyed. Create a new one.')
    this.network.checkAlive()
    this.#gpu.checkAlive()
  }

  /** Frees activations and optimizer state. The network stays. */
  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
    for (const buffer of this.#buffers) buffer.destroy()
  }
}

/** States [B, D, H] by name as each batch begins with them that is fresh: learned, or zero. */
function learnedStates(states: ReadonlyMap<string, Tensor>, parameters: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  return new Map(
    [...states].map(([name, { shape }]) => {
      const learned = parameters.get(`${name}0`)
      const size = shape.reduce((n, dimension) => n * dimension.size, 1)
      return [name, Float32Array.from({ length: size }, (_, i) => learned?.[i % learned.length] ?? 0)]
    }),
  )
}

/** Largest absolute values of the inputs that are numbers, by name. Taken at once: the caller may change the arrays later. */
function largestInputs({ features, targets }: Pick<PassBatch, 'features' | 'targets'>): Map<string, number> {
  const numbers = { features, targets: targets instanceof Float32Array ? targets : undefined }
  return new Map(Object.entries(numbers).flatMap(([name, values]) => (values ? [[name, largestMagnitude(values)] as const] : [])))
}
