// The trainer: one encoder and one submit a step for forward, loss, backward, clipping and update. Only the loss and the norm of the
// gradient come back to the CPU, and the next step can be queued before they arrive.
import { verdicts, explainDroppedStep, type DroppedStep } from './dropped-step'
import { checkCount, checkFlag, checkLimit, checkOptions, SluiceError, type Known } from './errors'
import { largestMagnitude } from './finite'
import { readModelFile, writeModelFile, type ModelFile, type TrainingState } from './formats/model-file'
import type { View } from './gpu/view'
import type { Profile, Stopwatch } from './gpu/stopwatch'
import { checkRoom } from './gpu/dry-run'
import { checkStrategyOption, type StrategyOption } from './gpu/strategy'
import { readTensor, unpack, writeTensor } from './gpu/tensor'
import { checkBatch, checkClassWeights } from './check-batch'
import { checkNetwork, type Network } from './network'
import { guardMethods } from './proxy-guard'
import { checkOptimizer, type Optimizer } from './optimizer'
import { soundStrategies } from './quick-check'
import { pcg3d } from './random'
import { rateAt } from './learning-rate'
import { maskRows } from './schedule/batch'
import { allocateTraining, checkNotFinite, trainingPlans, type NotFinitePolicy } from './schedule/training'
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
  /** Steps of each row, [B]. Default: T for all. */
  readonly lengths?: Uint32Array
  /** Whether the state starts at zero (or at the learned initial state). If false, the state is carried over from the batch before,
   * without gradient. Default true. */
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
} satisfies Known<TrainerOptions>
const batchNames = { ids: true, features: true, targets: true, lengths: true, fresh: true } satisfies Known<TrainingBatch>

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
  readonly #control
  /** The device of the trainer. The network may have moved to another one since, after a loss. */
  readonly #gpu

  private constructor(
    readonly network: Network,
    readonly options: TrainerOptions,
    private readonly session: Session<'fresh' | 'carry' | 'step'>,
    private readonly optimizerState: ReadonlyMap<string, View>,
    private readonly copies: ReadonlyMap<string, View>,
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
    const checked = { ...copy, optimizer: checkOptimizer(copy.optimizer) }
    const { steps, batch, optimizer, clipNorm, clipValue, classWeights, seed, notFinite } = checked
    if (seed !== undefined) checkCount('seed', seed, { min: 0, max: 0xffffffff })
    checkLimit('clipNorm', clipNorm)
    checkLimit('clipValue', clipValue)
    checkNotFinite(notFinite)
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
    const { unrolled, memory: optimizerState, copies } = training
    try {
      const programs = await choice.prepare((strategy) => network.prepare(trainingPlans(training, { optimizer, strategy })))
      return new Trainer(network, checked, new Session(gpu, unrolled, programs, choice.measurement), optimizerState, copies)
    } catch (error) {
      unrolled.destroy()
      for (const { buffer } of [...optimizerState.values(), ...copies.values()]) buffer.destroy()
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
      const step = await this.#run(batch, () => (stopwatch = new Stopwatch(this.#gpu, this.session.programs.step)))
      return { step, ...(await stopwatch!.read()) }
    } finally {
      stopwatch?.destroy()
    }
  }

  /** @param startStopwatch called after the checks of the batch, to time the step */
  async #run(batch: TrainingBatch, startStopwatch?: () => Stopwatch): Promise<StepResult> {
    const {
      network,
      session: { unrolled },
      options,
    } = this
    this.#checkAlive()
    const { ids, features, targets, lengths, fresh = true } = checkOptions('batch', batch, '{ ids, targets }', batchNames)
    checkFlag('fresh', fresh)
    if (targets === undefined || targets === null) throw new SluiceError('bad-value', 'targets is missing, expected the right answer for each row of the head')
    checkBatch(network.spec, { ...options, ids, features, targets, lengths })
    if (!fresh && network.spec.layers.some((layer) => layer.learnInitial))
      throw new SluiceError(
        'bad-value',
        'fresh is false, but this network learns its initial states, so every batch must start from them. Use fresh batches (in TextModel.train partition: random).',
      )
    if (!fresh && !unrolled.states.carries)
      throw new SluiceError(
        'bad-value',
        'fresh is false, but a bidirectional network cannot carry its state from batch to batch: it also reads each batch from its end. Use fresh batches (in TextModel.train partition: random).',
      )
    const stopwatch = startStopwatch?.()
    const step = this.#step
    const { beta1, beta2 } = options.optimizer
    const rate = rateAt(options.optimizer.rate, step)
    const policy = (this.#stops ? 1 : 0) | (this.copies.size > 0 && step % copyEvery === 0 ? 2 : 0) // shaders/lib/control.wgsl
    unrolled.batch.write({
      ids,
      targets,
      lengths,
      classWeights: options.classWeights,
      control: {
        ...this.#control,
        rate,
        policy,
        correction1: 1 - beta1 ** (step + 1),
        correction2: 1 - beta2 ** (step + 1),
        seed: pcg3d(options.seed ?? 0, step, dropoutStream)[0],
      },
    })
    if (features) writeTensor(this.#gpu, unrolled.x!, maskRows(features, { ...options, lengths }))
    if (this.#isReported) this.#setVerdict(verdicts.skipped)
    // The first copies for rollback are of the values before the first step.
    const copies = this.#needsCopies ? [...this.copies] : []
    const begin = fresh ? 'fresh' : 'carry'
    const [arrival] = this.session.submit(`training step ${step}`, stopwatch ? [] : [begin, 'step'], [{ ...unrolled.statistics, size: 16 }], (encoder) => {
      for (const [name, to] of copies) encoder.copyBufferToBuffer((this.optimizerState.get(name) ?? network.parameters.values).buffer, 0, to.buffer, 0, to.size)
      if (!stopwatch) return
      this.session.encode(encoder, [begin])
      stopwatch.encode(encoder)
    })
    this.#step++ // only now: a step that was refused does not count
    this.#isReported = this.#needsCopies = false
    // Before the wait, because the caller may change the arrays then.
    const inputs = new Map(
      Object.entries({ features, targets: targets instanceof Float32Array ? targets : undefined }).flatMap(([name, values]) =>
        values ? [[name, largestMagnitude(values)]] : [],
      ),
    )
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
    const missing = [...optimizerState.keys(), ...finals.keys()].find((name) => !training.optimizerState.has(name) && !training.carried.has(name))
    if (missing) throw new SluiceError('bad-file', `the training of the file has no ${missing}. Was the file edited?`)
    network.writeParameters(parameters)
    for (const [name, view] of optimizerState) network.parameters.write(training.optimizerState.get(name)!, view)
    for (const [name, state] of finals) writeTensor(this.#gpu, state, training.carried.get(name)!)
    this.#setVerdict(verdicts.counts)
    this.#isReported = false
    // The file has no copies if its training did not roll back.
    this.#needsCopies = ![...this.copies.keys()].every((name) => training.optimizerState.has(copyName(name)))
    if (!this.#needsCopies) for (const [name, view] of this.copies) network.parameters.write(training.optimizerState.get(copyName(name))!, view)
    this.#step = training.step
  }

  /** Bytes on the GPU without those of the network: batch, activations, optimizer state, uniforms. `memoryOf` computes them beforehand. */
  get bytes(): number {
    return this.session.bytes + [...this.optimizerState.values(), ...this.copies.values()].reduce((n, { buffer }) => n + buffer.size, 0)
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
    for (const { buffer } of [...this.optimizerState.values(), ...this.copies.values()]) buffer.destroy()
  }
}
