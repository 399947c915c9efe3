// The training loop of the text models. It queues several steps before it waits for the first loss. At any time the training can be saved,
// and continued from the file bit for bit.
import { checkCount, checkList, checkNumber, show, SluiceError } from '../errors'
import { readModelFile, writeModelFile, type ModelFile } from '../formats/model-file'
import { strategyNames, strategyOf } from '../gpu/strategy'
import type { Network } from '../network'
import { Trainer, type StepResult, type TrainerOptions, type TrainingBatch } from '../trainer'
import { batchesPerEpoch, type Batch } from './batches'
import type { Corpus } from './corpus'
import { BatchCursor, type Partition, type CursorPosition } from './batch-cursor'
import { Recovery, Snapshots, type Recover } from './recovery'

/** A step of a training, as its loop yields it. */
export interface Progress extends StepResult {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Steps in all epochs, or `iterations` if that is less. An epoch may have one step less, because it starts at a random offset. */
  readonly totalSteps: number
  /** exp(loss) of this batch: like a uniform choice among that many characters. */
  readonly perplexity: number
  /** exp(mean loss) of this epoch so far, without skipped steps (the figure that Dive into Deep Learning plots). */
  readonly epochPerplexity: number
  /** Characters per second, over the last three seconds. */
  readonly charsPerSecond: number
  /** How often the GPU was lost and the training recovered; 0 without `recover`. */
  readonly recovered: number
}

/** A training: loop over it to train. */
export interface Training extends AsyncGenerator<Progress, void, undefined> {
  /** The model and the state of its training, as a file. With it as `resume`, `train` with the same options continues bit for bit: its
   * loop starts with the step after the last one that this loop yielded. `load` of the model reads the file too.
   *
   * May be called at any time from the first step on. The training does not wait for it: the GPU copies its state between two steps.
   * After the loop, it saves the state at its end; after a step that was not finite, the state before that step, to continue with a lower
   * rate. With `recover` it waits for a recovery; if the training gave up, it saves the last copy.
   * @throws SluiceError `not-finite` for weights that are not finite, `disposed` if the model was destroyed, `device-lost`; `bad-value`
   * before the first step. */
  save(): Promise<Uint8Array<ArrayBuffer>>
}

/** A training, as a model configures it. */
export interface TrainingJob {
  readonly network: Network
  readonly corpus: Corpus
  readonly trainer: TrainerOptions
  readonly partition: Partition
  readonly epochs: number
  /** Training steps in all; undefined for no limit but the epochs. */
  readonly iterations: number | undefined
  /** Seed of the batches. */
  readonly seed: number
  /** Changes the batch of a step. Default: no change. */
  readonly prepare?: (batch: Batch, step: number) => TrainingBatch
  /** Further options of the model that the steps depend on. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The rest of the file, in addition to network and training. */
  readonly file: Pick<ModelFile, 'model' | 'vocabulary'>
  readonly resume: Uint8Array | ArrayBuffer | undefined
  readonly recover: Recover | undefined
}

/** The state of the loop in a file, in addition to that of the trainer. The names are those of the JSON. */
interface LoopState {
  /** The options that must be the same for the training to continue bit for bit. */
  readonly options: Readonly<Record<string, unknown>>
  readonly place: CursorPosition
  readonly tally: Tally
  /** Steps that are done, but were not yielded yet. */
  readonly pending: readonly (StepResult & { readonly epoch: number })[]
}

/** Sum and count of the losses of an epoch that were yielded. */
interface Tally {
  readonly epoch: number
  readonly sum: number
  readonly count: number
}

/** No limit of epochs. */
export const mostEpochs = 2 ** 31

/** Steps that are queued before the loop waits for the first loss. */
const inFlight = 4

/** @param createJob called at the first step */
export function startTraining(createJob: () => TrainingJob): Training {
  let training: RecoverableTraining | null = null
  const run = async function* (): AsyncGenerator<Progress, void, undefined> {
    training = new RecoverableTraining(createJob())
    yield* training.run()
  }
  const save = async () => {
    if (!training?.hasBegun)
      throw new SluiceError('bad-value', 'this training has not begun: save it in its loop, or after it. To save the model alone, use save() of the model.')
    return training.save()
  }
  return Object.assign(run(), { save })
}

/** Whether the training stopped at a step that was not finite: another GPU would not help. */
const isNotFinite = (error: unknown): boolean => error instanceof SluiceError && error.code === 'not-finite'

/** A state to continue from; without `training`, the beginning. */
type SavedTraining = Omit<ModelFile, 'model' | 'vocabulary'>

/** A training that survives the loss of its GPU: it replaces its loop by one on another GPU. */
class RecoverableTraining {
  #loop: Loop | null = null
  /** The recovery that is under way. */
  #recovering: Promise<void> | null = null
  /** The last copy of the state, to recover from. */
  #latest: SavedTraining | null = null
  #gaveUp = false
  /** The state at the end of the training, or the error that ended it. */
  #ended: Promise<SavedTraining> | null = null
  /** Number of the next step to yield. Steps before it are trained again, but not yielded twice. */
  #next = 0
  readonly #recovery
  readonly #snapshots = new Snapshots()

  constructor(private readonly job: TrainingJob) {
    this.#recovery = Recovery.of(job.network, job.recover)
  }

  get hasBegun(): boolean {
    return this.#loop !== null || this.#gaveUp
  }

  /** Trains on every batch and yields after each step, in order. Frees the trainer at the end, also after an error. */
  async *run(): AsyncGenerator<Progress, void, undefined> {
    try {
      await this.#begin()
      for (;;) {
        const progress = await this.#attempt((loop) => loop.step())
        if (!progress) break
        if (progress.step < this.#next) continue
        this.#next = progress.step + 1
        this.#takeSnapshot()
        yield { ...progress, recovered: this.#recovery?.losses ?? 0 }
      }
      this.#ended = this.#capture()
      if (this.#recovery) await this.#ended // a loss now could take the weights of the last step
    } catch (error) {
      this.#ended = this.#gaveUp ? Promise.resolve(this.#latest!) : isNotFinite(error) && this.#loop ? this.#capture() : Promise.reject(error)
      throw error
    } finally {
      this.#ended ??= this.#capture()
      const ended = this.#ended.catch(() => {}) // save() throws it
      if (this.#recovery) await ended
      await this.#loop?.free()
    }
  }

  async #begin(): Promise<void> {
    const { job } = this
    const file = job.resume === undefined ? undefined : readModelFile(job.resume)
    if (this.#recovery) this.#latest = file ?? (await job.network.contents())
    try {
      this.#use(await Loop.create(job, file))
    } catch (error) {
      await this.#recoverFrom(null, error)
    }
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ ...this.job.file, ...(await (this.#ended ?? this.#capture())) })
  }

  #capture(): Promise<SavedTraining> {
    return this.#attempt((loop) => loop.capture())
  }

  /** Copies the state if a copy is due. The training does not wait for it. */
  #takeSnapshot(): void {
    if (!this.#recovery || !this.#snapshots.due) return
    const loop = this.#loop!
    this.#snapshots
      .take(() => loop.capture())
      .then(
        (saved) => (this.#latest = saved),
        () => {},
      ) // the loop throws the same error
  }

  /** Works with the loop. Repeats it after a recovery. */
  async #attempt<Result>(work: (loop: Loop) => Promise<Result>): Promise<Result> {
    for (;;) {
      if (this.#recovering) await this.#recovering // no other await: save() must see the state of now
      const loop = this.#loop!
      try {
        return await work(loop)
      } catch (error) {
        await this.#recoverFrom(loop, error)
      }
    }
  }

  /** Trains with this loop from now on. Starts a recovery when its GPU is lost, even if the caller does not ask for a step. */
  #use(loop: Loop): void {
    this.#loop = loop
    if (!this.#recovery) return
    void this.job.network.gpu.lost.then((message) => {
      if (!this.#ended) this.#recoverFrom(loop, new SluiceError('device-lost', message)).catch(() => {}) // the next step throws it
    })
  }

  /** Recovers from the loss of the GPU of a loop, once for all callers. @throws `error` itself if it is not a loss */
  async #recoverFrom(lost: Loop | null, error: unknown): Promise<void> {
    if (!this.#recovering && this.#loop === lost) {
      if (!(await this.#recovery?.canRecoverFrom(error))) {
        this.job.network.checkNotDestroyed() // which says more than the loss of the device that it closed
        throw error
      }
      if (this.#loop === lost) this.#recovering ??= this.#restore(error)
    }
    await this.#recovering
  }

  /** Recovers, or gives up.
   * @throws SluiceError `device-lost` when it gives up; the errors after a `destroy` of the caller. */
  async #restore(why: unknown): Promise<void> {
    const { network } = this.job
    try {
      await this.#replay(why)
      this.#recovering = null
    } catch (error) {
      network.checkNotDestroyed() // which says more than the loss of the device that it closed
      if (network.gpu.isClosed) throw error
      this.#gaveUp = true
      const saved = this.#latest!.training?.step ?? 0
      const advice = `The training stopped before step ${this.#next}. Its save() still works: resume from that file, which begins with step ${saved}.`
      throw new SluiceError('device-lost', `${(error as Error).message.replace(/[.\s]+$/, '')}. ${advice}`, { cause: error })
    }
  }

  /** Opens another GPU, and repeats the steps since the last copy. */
  async #replay(why: unknown): Promise<void> {
    for (let loss = why; ;) {
      const from = this.#latest!
      let loop: Loop | null = null
      await this.#recovery!.reopen(loss, from.parameters)
      try {
        loop = await Loop.create(this.job, from.training && from)
        while (loop.next < this.#next) await loop.step()
        await this.#loop?.free()
        this.#recovery!.recovered()
        return this.#use(loop)
      } catch (error) {
        await loop?.free()
        if (!(await this.#recovery!.canRecoverFrom(error))) throw error
        loss = error
      }
    }
  }
}

interface Queued {
  readonly epoch: number
  readonly step: number
  /** The position of its batch in the text. */
  readonly position: CursorPosition
  readonly result: Promise<StepResult>
}

class Loop {
  #queued: Queued[] = []
  /** Whether there are more batches. */
  #more = true
  #tally: Tally = { epoch: 0, sum: 0, count: 0 }
  readonly #speed
  readonly #totalSteps

  private constructor(
    private readonly job: TrainingJob,
    private readonly trainer: Trainer,
    private readonly cursor: BatchCursor,
    private readonly options: LoopState['options'],
    { tally, pending }: Partial<LoopState>,
  ) {
    const { steps, batch } = job.trainer
    this.#speed = new Throughput(batch * steps)
    this.#totalSteps = Math.min(this.#most, batchesPerEpoch(job.corpus.training.length, { steps, batch }) * job.epochs)
    if (tally) this.#tally = tally
    if (pending)
      this.#queued = pending.map(({ epoch, ...result }) => ({
        epoch,
        step: result.step,
        position: cursor.position,
        result: Promise.resolve({ ...result, loss: result.loss ?? NaN, gradientNorm: result.gradientNorm ?? NaN }),
      }))
  }

  /** @param file the state to continue from. Default: the beginning */
  static async create(job: TrainingJob, file?: SavedTraining): Promise<Loop> {
    const {
      corpus: { training: ids, vocabulary },
      partition,
      epochs,
      seed,
      settings,
      trainer: { batch, steps },
    } = job
    const options = { batch, steps, partition, seed, ...settings, characters: ids.length, text: fingerprint(ids, vocabulary.characters.join('')) }
    const saved: Partial<LoopState> = file?.training?.loop === undefined ? {} : checkLoop(file.training.loop, options)
    if (file) {
      job.network.expect(file.spec)
      if (!saved.place)
        throw new SluiceError('bad-file', 'resume is a file without the training of a text model. Use a file from save() of the object that train() returns.')
    }
    const shape = { batch, steps, partition, epochs, seed }
    const cursor = saved.place ? cursorAt(() => new BatchCursor(ids, shape, saved.place)) : new BatchCursor(ids, shape) // checks the text before anything is allocated
    // The strategy of the file, if this adapter can use it: another one rounds differently.
    const { kernels } = job.network.gpu.tuning.strategy
    const strategy = strategyNames.find((name) => name === file?.training?.strategy && (strategyOf(name).kernels === 'resident') === (kernels === 'resident'))
    const trainer = await Trainer.create(job.network, { ...job.trainer, ...(strategy && { strategy }) })
    try {
      if (file) trainer.restore(file)
      return new Loop(job, trainer, cursor, options, saved)
    } catch (error) {
      trainer.destroy()
      throw error
    }
  }

  get #most(): number {
    return this.job.iterations ?? Infinity
  }

  /** Number of the step that `step` returns next. */
  get next(): number {
    return this.#queued[0]?.step ?? this.trainer.steps
  }

  /** Queues more steps and returns the next one when it is done; null after the last one. */
  async step(): Promise<Omit<Progress, 'recovered'> | null> {
    if (this.next >= this.#most) return null
    while (this.#more && this.#queued.length < inFlight) this.#more = this.#queue()
    return this.#queued.length > 0 ? this.#finished() : null
  }

  /** Frees the trainer when all queued steps are done. */
  async free(): Promise<void> {
    await Promise.allSettled(this.#queued.map(({ result }) => result))
    this.trainer.destroy()
  }

  /** Queues a step; false if there are no more batches. */
  #queue(): boolean {
    if (this.trainer.steps >= this.#most) return false
    const { position } = this.cursor
    const next = this.cursor.next()
    if (!next) return false
    const { epoch, ...batch } = next
    const step = this.trainer.steps
    const result = this.trainer.step(this.job.prepare?.(batch, step) ?? batch)
    result.catch(() => {}) // thrown when its turn comes
    this.#queued.push({ epoch, step, position, result })
    return true
  }

  async #finished(): Promise<Omit<Progress, 'recovered'>> {
    const { epoch, result } = this.#queued[0]!
    const outcome = await result
    // Only now: a file saved during the wait must include this step among those not yielded.
    this.#queued.shift()
    const { sum, count } = epoch === this.#tally.epoch ? this.#tally : { sum: 0, count: 0 }
    this.#tally = outcome.skipped ? { epoch, sum, count } : { epoch, sum: sum + outcome.loss, count: count + 1 }
    const epochPerplexity = Math.exp(this.#tally.sum / this.#tally.count)
    return { ...outcome, epoch, totalSteps: this.#totalSteps, perplexity: Math.exp(outcome.loss), epochPerplexity, charsPerSecond: this.#speed.tick() }
  }

  /** The state of GPU and loop at this moment. If a step has stopped the training, the state before that step: steps queued behind it
   * changed nothing, and will be repeated. */
  async capture(): Promise<SavedTraining> {
    const [position, tally, queued] = [this.cursor.position, this.#tally, [...this.#queued]]
    const results = Promise.allSettled(queued.map(({ result }) => result))
    const [{ training, ...model }, settled] = await Promise.all([this.trainer.snapshot(), results])
    const failed = settled.findIndex(({ status }) => status === 'rejected')
    const why = settled[failed] as PromiseRejectedResult | undefined
    if (why && !isNotFinite(why.reason)) throw why.reason
    const done = (failed < 0 ? settled : settled.slice(0, failed)) as PromiseFulfilledResult<StepResult>[]
    const pending = done.map(({ value }, i) => ({ ...value, epoch: queued[i]!.epoch }))
    const loop: LoopState = { options: this.options, place: queued[failed]?.position ?? position, tally, pending }
    return { ...model, training: { ...training, loop } }
  }
}

/** @throws SluiceError `bad-file` for a position that a training of this text cannot have. */
function cursorAt(create: () => BatchCursor): BatchCursor {
  try {
    return create()
  } catch (cause) {
    if (cause instanceof SluiceError && cause.code === 'bad-text') throw cause
    throw new SluiceError('bad-file', `the position of the training in the file is not one of this text: ${(cause as Error).message}. Was the file damaged?`, {
      cause,
    })
  }
}

/** The state of a loop in a file. @throws SluiceError `bad-value` if its options differ from these, `bad-file`. */
function checkLoop(loop: unknown, options: LoopState['options']): LoopState {
  const saved = loop as LoopState
  try {
    const {
      place: { epoch, taken, drawn },
      tally,
      pending,
    } = saved
    for (const [name, count] of Object.entries({ epoch, taken, drawn, count: tally.count, tallied: tally.epoch })) checkCount(name, count, { min: 0 })
    checkNumber('sum', tally.sum)
    checkCount('drawn', drawn, { min: 0, max: 0xffffffff })
    // The numbers of a skipped step may be NaN or infinite, which JSON stores as null.
    for (const step of checkList('pending', pending, 'of steps'))
      for (const name of ['step', 'epoch', 'loss', 'gradientNorm', 'rate'] as const)
        if (!(step.skipped === true && (step[name] === null || typeof step[name] === 'number'))) checkNumber(name, step[name])
    if (typeof saved.options !== 'object' || saved.options === null) throw new SluiceError('bad-file', 'it has no options')
  } catch (cause) {
    throw new SluiceError('bad-file', `the state of the training in the file cannot be read: ${(cause as Error).message}. Was the file damaged?`, { cause })
  }
  for (const [name, is] of Object.entries(options)) {
    const was = saved.options[name]
    if (was === is) continue
    const difference =
      name === 'text'
        ? 'the text is not the one that this training was saved with'
        : `${name} is ${showOption(is)}, but this training was saved with ${name} ${showOption(was)}`
    throw new SluiceError(
      'bad-value',
      `${difference}. Resume with the same text and options (rate, clipping, epochs and iterations may change), or load the model and start a new training.`,
    )
  }
  return saved
}

/** An option for a message. In a file it may be anything. */
const showOption = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 50) : show(value))

/** A hash of ids and characters (FNV-1a). */
function fingerprint(ids: Uint32Array, characters: string): number {
  let hash = 0x811c9dc5
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193)
  for (let i = 0; i < characters.length; i++) hash = Math.imul(hash ^ characters.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Characters per second over the last three seconds: GPU steps vary, and the first ones compile. */
class Throughput {
  readonly #times: number[] = [performance.now()]

  constructor(private readonly charactersPerStep: number) {}

  tick(): number {
    const now = performance.now()
    this.#times.push(now)
    while (this.#times.length > 2 && now - this.#times[0]! > 3000) this.#times.shift()
    const seconds = (now - this.#times[0]!) / 1000
    return seconds > 0 ? ((this.#times.length - 1) * this.charactersPerStep) / seconds : 0
  }
}
