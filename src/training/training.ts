// A training: its loop, its files, and its recovery from the loss of the GPU.
import { SluiceError } from '../errors'
import { readModelFile, writeModelFile } from '../formats/model-file'
import type { LoopStep, SavedTraining, Training, TrainingJob } from './job'
import { isNotFinite, Loop } from './loop'
import { Recovery, Snapshots } from './recovery'

/** @param createJob called at the first step
 * @param report a step as the model yields it */
export function startTraining<Step>(createJob: () => TrainingJob, report: (step: LoopStep) => Step): Training<Step> {
  let training: RecoverableTraining | null = null
  const run = async function* (): AsyncGenerator<Step, void, undefined> {
    training = new RecoverableTraining(createJob())
    for await (const step of training.run()) yield report(step)
  }
  const save = async () => {
    if (!training?.hasBegun)
      throw new SluiceError('bad-value', 'this training has not begun: save it in its loop, or after it. To save the model alone, use save() of the model.')
    return training.save()
  }
  return Object.assign(run(), { save })
}

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
  async *run(): AsyncGenerator<LoopStep, void, undefined> {
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
