// The training that the text models share: several steps are queued before the first one's loss is waited for, and at any
// time the whole of it can be saved, to go on from bit for bit.
import { checkCount, checkList, checkNumber, show, SluiceError } from '../errors'
import { readModelFile, writeModelFile, type ModelFile } from '../formats/model-file'
import { strategyNames, strategyOf } from '../gpu/strategy'
import type { Network } from '../network'
import { Trainer, type StepResult, type TrainerOptions, type TrainingBatch } from '../trainer'
import { batchesPerEpoch, type Batch } from './batches'
import type { Corpus } from './corpus'
import { BatchCursor, type Partition, type CursorPosition } from './batch-cursor'
import { Recovery, Snapshots, type Recover } from './recovery'

export interface Progress extends StepResult {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Steps in all epochs. An epoch may have one less, as it is cut at a random place. */
  readonly totalSteps: number
  /** exp(loss) of this step's batch: how many characters the model is torn between. */
  readonly perplexity: number
  /** exp(mean loss) of this epoch so far, without steps that were skipped: what the book plots. */
  readonly epochPerplexity: number
  /** Characters trained on a second, over the last seconds. */
  readonly charsPerSecond: number
  /** How often the GPU was lost in this training, which came back each time; 0 without `recover`. */
  readonly recovered: number
}

/** A training: loop over it to train. */
export interface Training extends AsyncGenerator<Progress, void, undefined> {
  /** The model and where its training stands, as a file. Give it as `resume` to `train` with the same options, and the
   * training goes on bit for bit: the loop over it begins with the step after the last one this loop has been given.
   * `load` of the model reads it too.
   *
   * May be called from the first step on, at any time, and is not waited for by the training: what is on the GPU is copied
   * between two steps, while later ones are queued. After the loop, however it was left, it saves where it ended; after a step that
   * was not finite, where it stood before that, to go on from with a lower rate. With `recover` it waits for a training that is
   * coming back, and after one that was given up it saves what that would have gone on from.
   * @throws SluiceError `not-finite` where the weights themselves are not, `disposed` if the model was destroyed, `device-lost`;
   * `bad-value` before the first step. */
  save(): Promise<Uint8Array<ArrayBuffer>>
}

/** What a model decides of a training. */
export interface TrainingJob {
  readonly network: Network
  readonly corpus: Corpus
  readonly trainer: TrainerOptions
  readonly partition: Partition
  readonly epochs: number
  /** Seed of where the text is cut. */
  readonly seed: number
  /** What step number `step` trains on; the batch as it was cut unless given. */
  readonly prepare?: (batch: Batch, step: number) => TrainingBatch
  /** Options of the model's own that the steps depend on. */
  readonly own?: Readonly<Record<string, unknown>>
  /** What the file says beside network and training. */
  readonly file: Pick<ModelFile, 'model' | 'vocabulary'>
  readonly resume: Uint8Array | ArrayBuffer | undefined
  readonly recover: Recover | undefined
}

/** What a file has of the loop, beside the trainer's state. */
interface LoopState {
  /** What must be the same for the training to go on bit for bit. */
  readonly options: Readonly<Record<string, unknown>>
  readonly place: CursorPosition
  readonly tally: Tally
  /** Steps done but not yet yielded. */
  readonly pending: readonly (StepResult & { readonly epoch: number })[]
}

/** The losses of an epoch that were yielded. */
interface Tally {
  readonly epoch: number
  readonly sum: number
  readonly count: number
}

/** Steps that are queued before the first one's loss is waited for. */
const inFlight = 4

/** Trains as `plan` says, which is asked at the first step. */
export function startTraining(plan: () => TrainingJob): Training {
  let session: Session | null = null
  const run = async function* (): AsyncGenerator<Progress, void, undefined> {
    session = new Session(plan())
    yield* session.run()
  }
  const save = async () => {
    if (!session?.hasBegun)
      throw new SluiceError('bad-value', 'this training has not begun: save it in its loop, or after it. The model alone has a save of its own.')
    return session.save()
  }
  return Object.assign(run(), { save })
}

/** Whether a step has stopped the training by what it came to, which no other GPU would mend. */
const isNotFinite = (error: unknown): boolean => error instanceof SluiceError && error.code === 'not-finite'

/** What a training can go on from; without `training`, from its beginning. */
type Saved = Omit<ModelFile, 'model' | 'vocabulary'>

/** A training as its caller sees it: one loop over the steps, or several where its GPU was lost. */
class Session {
  #loop: Loop | null = null
  /** While it comes back from a loss. */
  #back: Promise<void> | null = null
  /** What it would come back to. */
  #latest: Saved | null = null
  #gaveUp = false
  /** Where the training ended, or why. */
  #ended: Promise<Saved> | null = null
  /** The number of the next step to be given: those before it are trained again in silence. */
  #next = 0
  readonly #recovery
  readonly #snapshots = new Snapshots()

  constructor(private readonly job: TrainingJob) {
    this.#recovery = Recovery.of(job.network, job.recover)
  }

  get hasBegun(): boolean {
    return this.#loop !== null || this.#gaveUp
  }

  /** Trains on every batch and yields after each step, in order. Frees the trainer at the end, however it comes. */
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
      if (this.#recovery) await this.#ended // or the weights would be lost with the last step
    } catch (error) {
      this.#ended = this.#gaveUp ? Promise.resolve(this.#latest!) : isNotFinite(error) && this.#loop ? this.#capture() : Promise.reject(error)
      throw error
    } finally {
      this.#ended ??= this.#capture()
      const ended = this.#ended.catch(() => {}) // told to whoever saves
      if (this.#recovery) await ended
      await this.#loop?.free()
    }
  }

  async #begin(): Promise<void> {
    const { job } = this
    const file = job.resume === undefined ? undefined : readModelFile(job.resume)
    if (this.#recovery) this.#latest = file ?? (await job.network.contents())
    try {
      this.#goOn(await Loop.create(job, file))
    } catch (error) {
      await this.#comeBack(null, error)
    }
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ ...this.job.file, ...(await (this.#ended ?? this.#capture())) })
  }

  #capture(): Promise<Saved> {
    return this.#attempt((loop) => loop.capture())
  }

  /** Copies the state if it is time to; nothing waits for it. */
  #takeSnapshot(): void {
    if (!this.#recovery || !this.#snapshots.due) return
    const loop = this.#loop!
    this.#snapshots
      .take(() => loop.capture())
      .then(
        (saved) => (this.#latest = saved),
        () => {},
      ) // what fails there fails in the loop too
  }

  /** Does something with the loop; again, where the GPU was lost meanwhile and the training came back. */
  async #attempt<Result>(work: (loop: Loop) => Promise<Result>): Promise<Result> {
    for (;;) {
      if (this.#back) await this.#back // and otherwise without a pause: what is saved is as it is now
      const loop = this.#loop!
      try {
        return await work(loop)
      } catch (error) {
        await this.#comeBack(loop, error)
      }
    }
  }

  /** Trains with this loop, and comes back by itself when its GPU is lost, even if nobody asks for a step. */
  #goOn(loop: Loop): void {
    this.#loop = loop
    if (!this.#recovery) return
    void this.job.network.gpu.lost.then((message) => {
      if (!this.#ended) this.#comeBack(loop, new SluiceError('device-lost', message)).catch(() => {}) // told to whoever takes a step
    })
  }

  /** Comes back from the loss of the GPU under `lost`, once for all who noticed. @throws `error` itself where it is another one */
  async #comeBack(lost: Loop | null, error: unknown): Promise<void> {
    if (!this.#back && this.#loop === lost) {
      if (!(await this.#recovery?.isFor(error))) {
        this.job.network.checkNotDestroyed() // which says more than the loss of the device that it closed
        throw error
      }
      if (this.#loop === lost) this.#back ??= this.#restore(error)
    }
    await this.#back
  }

  /** Comes back, or gives up for good.
   * @throws SluiceError `device-lost` when it is given up; what a `destroy` of the caller's leads to. */
  async #restore(why: unknown): Promise<void> {
    const { network } = this.job
    try {
      await this.#trainAgain(why)
      this.#back = null
    } catch (error) {
      network.checkNotDestroyed() // which says more than the loss of the device that it closed
      if (network.gpu.isClosed) throw error
      this.#gaveUp = true
      const where = `The training stopped before step ${this.#next}: its save() gives the file as it stood before step ${this.#latest!.training?.step ?? 0}, to resume with.`
      throw new SluiceError('device-lost', `${(error as Error).message.replace(/[.\s]+$/, '')}. ${where}`, { cause: error })
    }
  }

  /** Opens another GPU, and trains again what had been given since the last snapshot. */
  async #trainAgain(why: unknown): Promise<void> {
    for (let loss = why; ;) {
      const from = this.#latest!
      let loop: Loop | null = null
      await this.#recovery!.reopen(loss, from.parameters)
      try {
        loop = await Loop.create(this.job, from.training && from)
        while (loop.next < this.#next) await loop.step()
        await this.#loop?.free()
        this.#recovery!.isBack()
        return this.#goOn(loop)
      } catch (error) {
        await loop?.free()
        if (!(await this.#recovery!.isFor(error))) throw error
        loss = error
      }
    }
  }
}

interface Queued {
  readonly epoch: number
  readonly step: number
  /** Where its minibatch came from. */
  readonly place: CursorPosition
  readonly result: Promise<StepResult>
}

class Loop {
  #queued: Queued[] = []
  /** Whether there is more to train on. */
  #more = true
  #tally: Tally = { epoch: 0, sum: 0, count: 0 }
  readonly #speed
  readonly #totalSteps

  private constructor(
    private readonly job: TrainingJob,
    private readonly trainer: Trainer,
    private readonly reading: BatchCursor,
    private readonly options: LoopState['options'],
    { tally, pending }: Partial<LoopState>,
  ) {
    const { steps, batch } = job.trainer
    this.#speed = new Speed(batch * steps)
    this.#totalSteps = batchesPerEpoch(job.corpus.training.length, { steps, batch }) * job.epochs
    if (tally) this.#tally = tally
    if (pending)
      this.#queued = pending.map(({ epoch, ...result }) => ({
        epoch,
        step: result.step,
        place: reading.position,
        result: Promise.resolve({ ...result, loss: result.loss ?? NaN, gradientNorm: result.gradientNorm ?? NaN }),
      }))
  }

  /** @param file where it goes on; at the beginning unless given */
  static async create(job: TrainingJob, file?: Saved): Promise<Loop> {
    const {
      corpus: { training: ids, vocabulary },
      partition,
      epochs,
      seed,
      own,
      trainer: { batch, steps },
    } = job
    const options = { batch, steps, partition, seed, ...own, characters: ids.length, text: fingerprint(ids, vocabulary.characters.join('')) }
    const saved: Partial<LoopState> = file?.training?.loop === undefined ? {} : checkLoop(file.training.loop, options)
    if (file) {
      job.network.expect(file.spec)
      if (!saved.place)
        throw new SluiceError(
          'bad-file',
          'resume is a file without a training of a text model: it has no place to go on from. Save it with save() of what train() returns.',
        )
    }
    const shape = { batch, steps, partition, epochs, seed }
    const reading = saved.place ? placed(() => new BatchCursor(ids, shape, saved.place)) : new BatchCursor(ids, shape) // the text is checked before anything is allocated
    // By the strategy that it was saved with, where this adapter has one like it: another would round otherwise.
    const { kernels } = job.network.gpu.tuning.strategy
    const strategy = strategyNames.find((name) => name === file?.training?.strategy && (strategyOf(name).kernels === 'resident') === (kernels === 'resident'))
    const trainer = await Trainer.create(job.network, { ...job.trainer, ...(strategy && { strategy }) })
    try {
      if (file) trainer.restore(file)
      return new Loop(job, trainer, reading, options, saved)
    } catch (error) {
      trainer.destroy()
      throw error
    }
  }

  /** The number of the step that `step` gives next. */
  get next(): number {
    return this.#queued[0]?.step ?? this.trainer.steps
  }

  /** The next step, when it is done, while later ones are queued; null after the last one. */
  async step(): Promise<Omit<Progress, 'recovered'> | null> {
    while (this.#more && this.#queued.length < inFlight) this.#more = this.#queue()
    return this.#queued.length > 0 ? this.#finished() : null
  }

  /** Frees the trainer, once what is queued is done. */
  async free(): Promise<void> {
    await Promise.allSettled(this.#queued.map(({ result }) => result))
    this.trainer.destroy()
  }

  /** Queues a step; false if there is nothing more to train on. */
  #queue(): boolean {
    const { position: place } = this.reading
    const next = this.reading.next()
    if (!next) return false
    const { epoch, ...batch } = next
    const step = this.trainer.steps
    const result = this.trainer.step(this.job.prepare?.(batch, step) ?? batch)
    result.catch(() => {}) // reported when its turn comes
    this.#queued.push({ epoch, step, place, result })
    return true
  }

  async #finished(): Promise<Omit<Progress, 'recovered'>> {
    const { epoch, result } = this.#queued[0]!
    const outcome = await result
    // Only now: what is saved meanwhile has this step among those not yet yielded.
    this.#queued.shift()
    const { sum, count } = epoch === this.#tally.epoch ? this.#tally : { sum: 0, count: 0 }
    this.#tally = outcome.skipped ? { epoch, sum, count } : { epoch, sum: sum + outcome.loss, count: count + 1 }
    const epochPerplexity = Math.exp(this.#tally.sum / this.#tally.count)
    return { ...outcome, epoch, totalSteps: this.#totalSteps, perplexity: Math.exp(outcome.loss), epochPerplexity, charsPerSecond: this.#speed.tick() }
  }

  /** What the GPU has and what the loop knows, as both are at this moment; of a training that a step has stopped, as they were
   * before that. What was queued behind it has changed nothing, and will come again. */
  async capture(): Promise<Saved> {
    const [place, tally, queued] = [this.reading.position, this.#tally, [...this.#queued]]
    const results = Promise.allSettled(queued.map(({ result }) => result))
    const [{ training, ...model }, settled] = await Promise.all([this.trainer.snapshot(), results])
    const failed = settled.findIndex(({ status }) => status === 'rejected')
    const why = settled[failed] as PromiseRejectedResult | undefined
    if (why && !isNotFinite(why.reason)) throw why.reason
    const done = (failed < 0 ? settled : settled.slice(0, failed)) as PromiseFulfilledResult<StepResult>[]
    const pending = done.map(({ value }, i) => ({ ...value, epoch: queued[i]!.epoch }))
    const loop: LoopState = { options: this.options, place: queued[failed]?.place ?? place, tally, pending }
    return { ...model, training: { ...training, loop } }
  }
}

/** @throws SluiceError `bad-file` for a place that no training of this text comes to. */
function placed(read: () => BatchCursor): BatchCursor {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SluiceError && cause.code === 'bad-text') throw cause
    throw new SluiceError('bad-file', `where the training of the file stood is no place in the text: ${(cause as Error).message}. Was the file damaged?`, {
      cause,
    })
  }
}

/** What a file has of a loop, if it was one with these options. @throws SluiceError `bad-value` for others, `bad-file`. */
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
    // What a step that was skipped had need not be finite; in a file it is null then, as JSON has neither NaN nor infinities.
    for (const step of checkList('pending', pending, 'of steps'))
      for (const name of ['step', 'epoch', 'loss', 'gradientNorm', 'rate'] as const)
        if (!(step.skipped === true && (step[name] === null || typeof step[name] === 'number'))) checkNumber(name, step[name])
    if (typeof saved.options !== 'object' || saved.options === null) throw new SluiceError('bad-file', 'it has no options')
  } catch (cause) {
    throw new SluiceError('bad-file', `where the training of the file stood cannot be read: ${(cause as Error).message}. Was the file damaged?`, { cause })
  }
  for (const [name, is] of Object.entries(options)) {
    const was = saved.options[name]
    if (was === is) continue
    const what =
      name === 'text'
        ? 'the text is another one than this training was saved with'
        : `${name} is ${word(is)}, but this training was saved with ${name} ${word(was)}`
    throw new SluiceError(
      'bad-value',
      `${what}. Give the same text and options to resume it (rate, clipping and epochs may change), or load the model and train it anew.`,
    )
  }
  return saved
}

/** An option as a message has it, which a file may have made anything of. */
const word = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 50) : show(value))

/** A number that another text would hardly have: FNV-1a over ids and characters. */
function fingerprint(ids: Uint32Array, characters: string): number {
  let hash = 0x811c9dc5
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193)
  for (let i = 0; i < characters.length; i++) hash = Math.imul(hash ^ characters.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Characters a second over the last few seconds: steps of a GPU are uneven, and the first ones compile. */
class Speed {
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
