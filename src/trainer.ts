// The trainer: one encoder and one submit a step, forward, loss, backward, clipping and update; what comes back to the
// CPU is the loss and the norm of the gradient, and nobody waits for them before the next step is queued.
import { checkCount, checkFlag, checkLimit, checkOptions, SluiceError, type Known } from './errors'
import { largest } from './finite'
import { readModelFile, writeModelFile, type ModelFile, type TrainingState } from './formats/model-file'
import type { View } from './gpu/view'
import { Stopwatch, type Profile } from './gpu/stopwatch'
import { checkRoom } from './gpu/dry-run'
import { checkStrategyOption, type StrategyOption } from './gpu/strategy'
import { readTensor, unpack, writeTensor } from './gpu/tensor'
import { checkBatch, checkClassWeights } from './check'
import { checkNetwork, type Network } from './network'
import { opaque } from './opaque'
import { checkOptimizer, type Optimizer } from './optimizer'
import { pcg3d } from './random'
import { rateAt } from './learning-rate'
import { maskRows } from './schedule/batch'
import { allocateTraining, checkNotFinite, trainingPlans, type NotFinitePolicy } from './schedule/training'
import { unroll } from './schedule/unroll'
import { Session } from './session'
import { chooseStrategy } from './tune'
import { verdicts, whyDropped, type DroppedStep } from './verdict'

/** Keeps the seeds of dropout apart from other uses of the same seed. */
const dropoutStream = 0xd209

/** Steps from one copy to the next of a training that rolls back. */
const keepEvery = 100

/** What the copy of the parameters, or of something the optimizer remembers, is called where the training is saved. */
const copyOf = (name: string): string => `copy-of-${name}`

export interface TrainerOptions {
  /** T, steps that the gradient goes back through. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  readonly optimizer: Optimizer
  /** Largest global norm of the gradient; no limit unless given, or for Infinity. */
  readonly clipNorm?: number | undefined
  /** Largest absolute value of each element of the gradient, after clipping by norm; no limit unless given, or for Infinity. */
  readonly clipValue?: number | undefined
  /** What becomes of a step whose loss or gradient is NaN or infinite. The GPU judges it before the update, so it never changes a
   * weight, nothing the optimizer remembers, and no carried state.
   *
   * - `stop` (default): nor do those that were queued behind it. Their promises reject with `not-finite`; the error of the first says why.
   *   The next `step` goes on from before it.
   * - `skip`: training goes on; the result says `skipped: true`.
   * - `rollback`: the same, and weights and optimizer go back to a copy, of a step that was finite, made every 100 steps. */
  readonly notFinite?: NotFinitePolicy | undefined
  /** Weight of each class in the loss, [V]; 1 for each unless given. */
  readonly classWeights?: Float32Array | undefined
  /** How recurrences are dispatched. `auto` (default): by the fastest strategy that was measured here for this shape; until then by the best
   * guess, while the others are timed beside the training, for the next trainer. `fastest`: all are timed before the first step. A name:
   * for runs that shall be the same to the bit on another day. A training never changes its strategy. */
  readonly strategy?: StrategyOption
  /** Whether to keep the gates of a segment of the steps only, and to make them again on the way back: for sequences too long
   * for memory, at the price of about one more forward pass. Results are the same, to rounding. `true`: segments of √T steps;
   * a number: of so many, or of all where there are fewer. Default false. */
  readonly recompute?: boolean | number | undefined
  /** Seed of the dropout, default 0. */
  readonly seed?: number
}

export interface TrainingBatch {
  /** Ids [T, B], for a network that reads ids. */
  readonly ids?: Uint32Array
  /** Vectors [T, B, I], for a network that reads features. */
  readonly features?: Float32Array
  /** For each row of the head ([T, B], or [B] at the last step) an id below V, or for a head of numbers a vector. Not
   * counted: the id `ignored`, a vector with NaN. */
  readonly targets: Uint32Array | Float32Array
  /** Steps of each row, [B]; default T for all. */
  readonly lengths?: Uint32Array
  /** Whether the state begins at zero; otherwise it is carried over from the batch before, detached. Default true. */
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

export interface StepResult {
  /** Training step, from 0. */
  readonly step: number
  /** Mean loss over the targets that count (cross-entropy in nats, or squared error), before the update; 0 if none does. */
  readonly loss: number
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: number
  readonly rate: number
  /** Whether it was dropped, as loss or gradient are not finite; see `notFinite` of `TrainerOptions`. */
  readonly skipped?: boolean
}

export class Trainer {
  #step = 0
  #destroyed = false
  /** Whether the copies to roll back to are yet to be made. */
  #uncopied = true
  /** The step that has stopped the training, and whether that has been told, so that the next one goes on. */
  #stoppedAt = 0
  #told = false
  readonly #control
  /** Where the trainer lives; its network may have moved on when that was lost. */
  readonly #gpu

  private constructor(
    readonly network: Network,
    readonly options: TrainerOptions,
    private readonly session: Session<'fresh' | 'carry' | 'step'>,
    private readonly memory: ReadonlyMap<string, View>,
    private readonly copies: ReadonlyMap<string, View>,
  ) {
    opaque(this, Trainer)
    const { optimizer, clipNorm, clipValue } = options
    this.#gpu = network.gpu
    this.#control = { ...optimizer, clip_norm: checkLimit('clipNorm', clipNorm), clip_value: checkLimit('clipValue', clipValue) }
  }

  /** @throws SluiceError `bad-value` for a wrong option, `too-large` if the GPU cannot hold the batch. */
  static async create(network: Network, given: TrainerOptions): Promise<Trainer> {
    checkNetwork(network)
    const copy = checkOptions('options', given, '{ steps: 35, batch: 32, optimizer: adam({ rate: 2e-3 }), clipNorm: 1 }', trainerNames)
    const options = { ...copy, optimizer: checkOptimizer(copy.optimizer) }
    const { steps, batch, optimizer, clipNorm, clipValue, classWeights, seed, notFinite } = options
    if (seed !== undefined) checkCount('seed', seed, { min: 0, max: 0xffffffff })
    checkLimit('clipNorm', clipNorm)
    checkLimit('clipValue', clipValue)
    checkNotFinite(notFinite)
    if (!network.spec.head)
      throw new SluiceError('bad-value', 'this network has no head, so no loss to train on. Give it one, or use Network.run with outputGradients.')
    checkCount('steps', steps)
    checkCount('batch', batch)
    if (classWeights !== undefined) checkClassWeights(network.spec, classWeights, network.spec.head.at === 'last' ? batch : steps * batch)
    const { gpu, parameters } = network
    network.checkAlive()
    checkStrategyOption(options.strategy)
    const what = `training on ${steps} steps of ${batch} rows`
    // Before anything is measured on a part of it.
    checkRoom(gpu, what, (on) => allocateTraining(on, parameters, options), options.recompute ? '' : ', or set recompute: true')
    const choice = await chooseStrategy(network, { steps, batch, train: true }, options.strategy ?? 'auto')
    const training = await unroll(gpu, what, (on) => allocateTraining(on, parameters, options))
    const { unrolled, memory, copies } = training
    try {
      const programs = await choice.prepare((strategy) => network.prepare(trainingPlans(training, { optimizer, strategy })))
      return new Trainer(network, options, new Session(gpu, unrolled, programs, choice.measurement), memory, copies)
    } catch (error) {
      unrolled.destroy()
      for (const { buffer } of [...memory.values(), ...copies.values()]) buffer.destroy()
      throw error
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Trainer'
  }

  /** What the optimizer's memory depends on, beside its kind. */
  get #settings(): NonNullable<TrainingState['settings']> {
    const { beta1, beta2, epsilon, decay } = this.options.optimizer
    return { beta1, beta2, epsilon, decay }
  }

  /** The plan of a step; prints as a table. */
  get plan() {
    return this.session.programs.step.plan
  }

  /** Steps queued so far, those before a `resume` included: the number of the next one. */
  get steps(): number {
    return this.#step
  }

  /** Queues a training step at once and resolves when its loss has come back. Several may be under way; whoever waits for one of
   * them alone should catch what the others reject with.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit, `not-finite` where the training stops (see `notFinite`),
   * `disposed`, `device-lost`. */
  async step(batch: TrainingBatch): Promise<StepResult> {
    return this.#make(batch)
  }

  /** A training step as `step` makes it, with the milliseconds of each dispatch. Each is a pass of its own then, so that they are apart:
   * all together they take longer than those of a step.
   * @throws SluiceError `no-adapter` where the device does not tell times, as it lacks WebGPU's feature timestamp-query, and what `step` throws. */
  async profile(batch: TrainingBatch): Promise<Profile & { readonly step: StepResult }> {
    let stopwatch: Stopwatch | undefined
    try {
      const step = await this.#make(batch, () => (stopwatch = new Stopwatch(this.#gpu, this.session.programs.step)))
      return { step, ...(await stopwatch!.read()) }
    } finally {
      stopwatch?.destroy()
    }
  }

  /** @param timed called once the batch is found right, for what times the step */
  async #make(batch: TrainingBatch, timed?: () => Stopwatch): Promise<StepResult> {
    const {
      network,
      session: { unrolled },
      options,
    } = this
    this.#checkAlive()
    const { ids, features, targets, lengths, fresh = true } = checkOptions('batch', batch, '{ ids, targets }', batchNames)
    checkFlag('fresh', fresh)
    if (targets === undefined || targets === null)
      throw new SluiceError('bad-value', 'targets is missing, expected what the network shall learn to say for each row of its head')
    checkBatch(network.spec, { ...options, ids, features, targets, lengths })
    if (!fresh && network.spec.layers.some((layer) => layer.learnInitial))
      throw new SluiceError(
        'bad-value',
        'fresh is false, but this network learns its initial states, so every batch begins with them. Use fresh batches (partition: random).',
      )
    if (!fresh && !unrolled.states.carries)
      throw new SluiceError(
        'bad-value',
        'fresh is false, but a bidirectional network cannot carry its state from batch to batch: it reads from the end too. Use fresh batches (partition: random).',
      )
    const stopwatch = timed?.()
    const step = this.#step
    const { beta1, beta2 } = options.optimizer
    const rate = rateAt(options.optimizer.rate, step)
    const policy = (this.#stops ? 1 : 0) | (this.copies.size > 0 && step % keepEvery === 0 ? 2 : 0) // shaders/lib/control.wgsl
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
    if (this.#told) this.#write(verdicts.skipped)
    // The copies of what to roll back to come first, once.
    const copies = this.#uncopied ? [...this.copies] : []
    const begin = fresh ? 'fresh' : 'carry'
    const [arrival] = this.session.submit(`training step ${step}`, stopwatch ? [] : [begin, 'step'], [{ ...unrolled.statistics, size: 16 }], (encoder) => {
      for (const [name, to] of copies) encoder.copyBufferToBuffer((this.memory.get(name) ?? network.parameters.values).buffer, 0, to.buffer, 0, to.size)
      if (!stopwatch) return
      this.session.encode(encoder, [begin])
      stopwatch.encode(encoder)
    })
    this.#step++ // not before: a step that is refused is none
    this.#told = this.#uncopied = false
    // Now, as the caller may use the arrays again.
    const given = new Map(
      Object.entries({ features, targets: targets instanceof Float32Array ? targets : undefined }).flatMap(([name, values]) =>
        values ? [[name, largest(values)]] : [],
      ),
    )
    const statistics = (await arrival)!
    const [loss, gradientNorm] = new Float32Array(statistics) as unknown as [number, number]
    const verdict = new Uint32Array(statistics)[3]!
    if (verdict === verdicts.counts) return { step, loss, gradientNorm, rate }
    if (verdict === verdicts.skipped) return { step, loss, gradientNorm, rate, skipped: true }
    if (verdict === verdicts.behind)
      throw new SluiceError('not-finite', `step ${step} was dropped, as a step before it was not finite: the error of that one says why`)
    this.#stoppedAt = step
    this.#checkAlive()
    const error = whyDropped({ step, loss, gradientNorm, rate, clipNorm: options.clipNorm, given, ...(await this.#before(fresh)) })
    // Only now may others go on: those that were queued meanwhile are behind it.
    this.#step = step
    this.#told = true
    throw error
  }

  get #stops(): boolean {
    return (this.options.notFinite ?? 'stop') === 'stop'
  }

  /** Says of the last step queued, in place of the GPU, whether it counts. */
  #write(verdict: number): void {
    const { buffer, offset } = this.session.unrolled.statistics
    this.#gpu.device.queue.writeBuffer(buffer, offset + 12, Uint32Array.of(verdict))
  }

  /** What the step began with that has stopped the training. */
  async #before(fresh: boolean): Promise<Pick<DroppedStep, 'parameters' | 'memory' | 'carried'>> {
    const {
      network: { parameters },
      session: { unrolled },
    } = this
    const gpu = this.#gpu
    const states = fresh ? [] : [...unrolled.states.initials]
    const [values, memory, carried] = await Promise.all([
      parameters.read(),
      Promise.all(
        [...this.memory].map(async ([what, view]) => [...parameters.unpack(await gpu.read(view))].map(([name, v]) => [`${what} of ${name}`, v] as const)),
      ),
      Promise.all(states.map(async ([name, state]) => [name, await readTensor(gpu, state)] as const)),
    ])
    return { parameters: values, memory: new Map(memory.flat()), carried: new Map(carried) }
  }

  /** Everything that the steps to come depend on, and the parameters, as they are between the steps queued so far and
   * those queued later: all is copied in one submit, and nobody waits for it. Of a training that has stopped, as they were before the
   * step that was not finite.
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
    const remembered = [...this.memory, ...(this.#uncopied ? [] : [...this.copies].map(([name, view]) => [copyOf(name), view] as const))]
    const flat = [parameters.values, ...remembered.map(([, view]) => view)].map((view) => gpu.readback.encode(encoder, view))
    const finals = unrolled.states.carries ? [...unrolled.states.finals] : []
    const initials = unrolled.states.initials
    const verdict = gpu.readback.encode(encoder, { ...unrolled.statistics, size: 16 })
    // After a step that was dropped it is the states it began with that count.
    const states = finals.map(([name, state]) => [gpu.readback.encode(encoder, state), gpu.readback.encode(encoder, initials.get(name)!)] as const)
    gpu.device.queue.submit([encoder.finish()])
    const said = new Uint32Array(await verdict())[3]!
    const [values, ...memory] = (await Promise.all(flat.map((arrive) => arrive()))).map((bytes) => parameters.unpack(bytes))
    const carried = (await Promise.all(states.map(async ([final, initial]) => [await final(), await initial()] as const))).map(([final, initial], i) => {
      const [name, { shape }] = finals[i]!
      const values = unpack(shape, new Float32Array(said === verdicts.counts ? final : initial))
      // As the next step would: shaders/layer/carry_state.wgsl.
      return [name, said === verdicts.skipped ? values.map((v) => (Number.isFinite(v) ? v : 0)) : values] as const
    })
    return {
      spec,
      parameters: values!,
      training: {
        step: said >= verdicts.stopped ? this.#stoppedAt : step,
        optimizer: options.optimizer.kind,
        settings: this.#settings,
        strategy: this.plan.tuning.strategy.name,
        batch: options.batch,
        memory: new Map(remembered.map(([name], i) => [name, memory[i]!])),
        carried: new Map(carried),
      },
    }
  }

  /** The network and where its training stands, as a file: `resume` goes on from it bit for bit, and `Network.load` reads
   * the network alone. May be called at any time, however many steps are queued; it holds up none of them.
   * @throws SluiceError `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'Network', ...(await this.snapshot()) })
  }

  /** Goes on where the trainer stood that saved the file: parameters, optimizer, step and carried states are those.
   * The rate, clipping and `steps` are this trainer's own.
   * @throws SluiceError `bad-file`; `bad-value` where the file is of another network, optimizer or batch. */
  resume(bytes: Uint8Array | ArrayBuffer): void {
    this.restore(readModelFile(bytes))
  }

  /** As `resume`, from a file that has been read.
   * @internal */
  restore({ spec, parameters, training }: Pick<ModelFile, 'spec' | 'parameters' | 'training'>): void {
    const {
      network,
      session: { unrolled },
      options,
      memory,
    } = this
    this.#checkAlive()
    network.expect(spec)
    if (!training)
      throw new SluiceError(
        'bad-file',
        'the file has a model, but not where its training stood: it was saved without that. Save it with save() of the training.',
      )
    const now = { optimizer: options.optimizer.kind, batch: options.batch, ...this.#settings }
    const saved: Readonly<Record<string, unknown>> = { ...training, ...training.settings }
    for (const [what, is] of Object.entries(now)) {
      const was = saved[what]
      if (was !== undefined && was !== is)
        throw new SluiceError('bad-value', `${what} is ${is}, but this training was saved with ${what} ${was}. Give the same to resume it.`)
    }
    const finals = unrolled.states.carries ? unrolled.states.finals : new Map<string, never>()
    const missing = [...memory.keys(), ...finals.keys()].find((name) => !training.memory.has(name) && !training.carried.has(name))
    if (missing) throw new SluiceError('bad-file', `the file lacks ${missing} of its training. Was it cut or edited?`)
    network.writeParameters(parameters)
    for (const [name, view] of memory) network.parameters.write(training.memory.get(name)!, view)
    for (const [name, state] of finals) writeTensor(this.#gpu, state, training.carried.get(name)!)
    this.#write(verdicts.counts)
    this.#told = false
    // Of a training that did not roll back it has none.
    this.#uncopied = ![...this.copies.keys()].every((name) => training.memory.has(copyOf(name)))
    if (!this.#uncopied) for (const [name, view] of this.copies) network.parameters.write(training.memory.get(copyOf(name))!, view)
    this.#step = training.step
  }

  /** Bytes on the GPU beside the network's: the batch and its activations, the optimizer's memory, uniforms. `memoryOf`
   * knows them beforehand. */
  get bytes(): number {
    return this.session.bytes + [...this.memory.values(), ...this.copies.values()].reduce((n, { buffer }) => n + buffer.size, 0)
  }

  #checkAlive(): void {
    if (this.#destroyed) throw new SluiceError('disposed', 'this trainer was destroyed. Create a new one.')
    this.network.checkAlive()
    this.#gpu.checkAlive()
  }

  /** Frees the batch's activations and the optimizer's memory; the network stays. */
  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
    for (const { buffer } of [...this.memory.values(), ...this.copies.values()]) buffer.destroy()
  }
}
