// The training loop. It queues several steps before it waits for the first loss. At any time its state can be saved, and continued from the file
// bit for bit.
import { SluiceError } from '../errors'
import { strategyNames, strategyOf } from '../gpu/strategy'
import { Trainer, type StepResult, type TrainingBatch } from '../trainer'
import { BatchCursor, type CursorPosition } from './batch-cursor'
import type { LoopStep, SavedTraining, TrainingJob } from './job'
import { checkLoop, type LoopState, type Tally } from './loop-state'

/** Steps that are queued before the loop waits for the first loss. */
const inFlight = 4

/** Whether the training stopped at a step that was not finite: another GPU would not help. */
export const isNotFinite = (error: unknown): boolean => error instanceof SluiceError && error.code === 'not-finite'

interface Queued {
  readonly epoch: number
  readonly step: number
  /** The position of its batch in the data. */
  readonly position: CursorPosition
  readonly result: Promise<StepResult>
}

export class Loop {
  #queued: Queued[] = []
  /** Whether there are more batches. */
  #more = true
  #tally: Tally = { epoch: 0, sum: 0, count: 0 }
  /** The passes of a step that are under way, one by one. */
  #passes: Promise<null> | null = null
  readonly #speed
  readonly #totalSteps

  private constructor(
    private readonly job: TrainingJob,
    private readonly trainer: Trainer,
    private readonly cursor: BatchCursor<TrainingBatch>,
    private readonly options: LoopState['options'],
    { tally, pending }: Partial<LoopState>,
  ) {
    const { steps, batch } = job.trainer
    this.#speed = new Throughput(batch * steps)
    this.#totalSteps = Math.min(this.#most, job.source.batchesPerEpoch * job.epochs)
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
    const { source, epochs, seed, settings } = job
    const { batch, steps } = job.trainer
    const options = { batch, steps, seed, ...settings }
    const saved: Partial<LoopState> = file?.training?.loop === undefined ? {} : checkLoop(file.training.loop, options)
    if (file) {
      job.network.expect(file.spec)
      if (!saved.place)
        throw new SluiceError(
          'bad-file',
          `resume is a file without the training of a ${job.file.model}. Use a file from save() of the object that train() returns.`,
        )
    }
    const passes = { epochs, seed }
    const cursor = saved.place ? cursorAt(() => new BatchCursor(source, passes, saved.place)) : new BatchCursor(source, passes) // checks the data before anything is allocated
    // The strategy of the file, if this adapter can use it: another one rounds differently.
    const { kernels } = job.network.gpu.tuning.strategy
    const strategy = strategyNames.find((name) => name === file?.training?.strategy && (strategyOf(name).kernels === 'resident') === (kernels === 'resident'))
    const trainer = await Trainer.create(job.network, { ...job.trainer, ...(job.passes && { passes: true }), ...(strategy && { strategy }) })
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
  async step(): Promise<Omit<LoopStep, 'recovered'> | null> {
    if (this.next >= this.#most) return null
    while (this.#more && this.#queued.length < (this.job.passes ? 1 : inFlight)) this.#more = this.#queue()
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
    const { prepare, passes } = this.job
    const prepared = prepare?.(batch, step) ?? batch
    const result = passes ? passes(this.trainer, prepared) : this.trainer.step(prepared)
    const settled = result.then(
      () => {},
      () => {}, // thrown when its turn comes
    )
    if (passes) this.#passes = settled.then(() => (this.#passes = null))
    this.#queued.push({ epoch, step, position, result })
    return true
  }

  async #finished(): Promise<Omit<LoopStep, 'recovered'>> {
    const { epoch, result } = this.#queued[0]!
    const outcome = await result
    // Only now: a file saved during the wait must include this step among those not yielded.
    this.#queued.shift()
    const { sum, count } = epoch === this.#tally.epoch ? this.#tally : { sum: 0, count: 0 }
    this.#tally = outcome.skipped ? { epoch, sum, count } : { epoch, sum: sum + outcome.loss, count: count + 1 }
    return { ...outcome, epoch, totalSteps: this.#totalSteps, epochLoss: this.#tally.sum / this.#tally.count, perSecond: this.#speed.tick() }
  }

  /** The state of GPU and loop at this moment. If a step has stopped the training, the state before that step: steps queued behind it
   * changed nothing, and will be repeated. */
  async capture(): Promise<SavedTraining> {
    while (this.#passes) await this.#passes // half a step is no state to continue from
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

/** @throws SluiceError `bad-file` for a position that a training of this data cannot have. */
function cursorAt<Cursor>(create: () => Cursor): Cursor {
  try {
    return create()
  } catch (cause) {
    if (cause instanceof SluiceError && cause.code === 'bad-text') throw cause
    throw new SluiceError('bad-file', `the position of the training in the file is not one of this data: ${(cause as Error).message}. Was the file damaged?`, {
      cause,
    })
  }
}

/** Steps of rows per second over the last three seconds: GPU steps vary, and the first ones compile. */
class Throughput {
  readonly #times: number[] = [performance.now()]

  constructor(private readonly perStep: number) {}

  tick(): number {
    const now = performance.now()
    this.#times.push(now)
    while (this.#times.length > 2 && now - this.#times[0]! > 3000) this.#times.shift()
    const seconds = (now - this.#times[0]!) / 1000
    return seconds > 0 ? ((this.#times.length - 1) * this.perStep) / seconds : 0
  }
}
