// The training that the text models share: several steps are queued before the first one's loss is waited for, and at any
// time the whole of it can be saved, to go on from bit for bit.
import { checkCount, checkList, checkNumber, show, SluiceError } from '../errors'
import { readModelFile, writeModelFile, type ModelFile } from '../formats/model-file'
import { planNames } from '../gpu/plan'
import type { Network } from '../network'
import { Trainer, type StepResult, type TrainerOptions, type TrainingBatch } from '../trainer'
import { batchesPerEpoch, type Batch } from './batches'
import type { Corpus } from './corpus'
import { Reading, type Partition, type Place } from './reading'

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
}

/** A training: loop over it to train. */
export interface Training extends AsyncGenerator<Progress, void, undefined> {
  /** The model and where its training stands, as a file. Give it as `resume` to `train` with the same options, and the
   * training goes on bit for bit: the loop over it begins with the step after the last one this loop has been given.
   * `load` of the model reads it too.
   *
   * May be called from the first step on, at any time, and is not waited for by the training: what is on the GPU is copied
   * between two steps, while later ones are queued. After the loop, however it was left, it saves where it ended; after a step that
   * was not finite, where it stood before that, to go on from with a lower rate.
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
}

/** What a file has of the loop, beside the trainer's state. */
interface LoopState {
  /** What must be the same for the training to go on bit for bit. */
  readonly options: Readonly<Record<string, unknown>>
  readonly place: Place
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
  let loop: Loop | null = null
  const run = async function* (): AsyncGenerator<Progress, void, undefined> {
    loop = await Loop.create(plan())
    yield* loop.run()
  }
  const save = async () => {
    if (!loop) throw new SluiceError('bad-value', 'this training has not begun: save it in its loop, or after it. The model alone has a save of its own.')
    return loop.save()
  }
  return Object.assign(run(), { save })
}

type Saved = Omit<ModelFile, 'model' | 'vocabulary'>

interface Queued {
  readonly epoch: number
  readonly result: Promise<StepResult>
  /** Where its minibatch came from. */
  readonly place: Place
}

class Loop {
  #queued: Queued[] = []
  #tally: Tally = { epoch: 0, sum: 0, count: 0 }
  /** Where the training ended, or why. */
  #ended: Promise<Saved> | null = null
  readonly #speed
  readonly #totalSteps

  private constructor(
    private readonly job: TrainingJob,
    private readonly trainer: Trainer,
    private readonly reading: Reading,
    private readonly options: LoopState['options'],
    { tally, pending }: Partial<LoopState>,
  ) {
    const { steps, batch } = job.trainer
    this.#speed = new Speed(batch * steps)
    this.#totalSteps = batchesPerEpoch(job.corpus.training.length, { steps, batch }) * job.epochs
    if (tally) this.#tally = tally
    if (pending) this.#queued = pending.map(({ epoch, ...result }) => ({ epoch, result: Promise.resolve({ ...result, loss: result.loss ?? NaN, gradientNorm: result.gradientNorm ?? NaN }), place: reading.place }))
  }

  static async create(job: TrainingJob): Promise<Loop> {
    const { corpus: { training: ids, vocabulary }, partition, epochs, seed, own, trainer: { batch, steps }, resume } = job
    const options = { batch, steps, partition, seed, ...own, characters: ids.length, text: fingerprint(ids, vocabulary.characters.join('')) }
    const file = resume === undefined ? undefined : readModelFile(resume)
    const saved: Partial<LoopState> = file?.training?.loop === undefined ? {} : checkLoop(file.training.loop, options)
    if (file) {
      job.network.expect(file.spec)
      if (!saved.place)
        throw new SluiceError('bad-file', 'resume is a file without a training of a text model: it has no place to go on from. Save it with save() of what train() returns.')
    }
    const shape = { batch, steps, partition, epochs, seed }
    const reading = saved.place ? placed(() => new Reading(ids, shape, saved.place)) : new Reading(ids, shape) // the text is checked before anything is allocated
    // By the plan that it was saved with, where this adapter has one like it: another would round otherwise.
    const plan = planNames.find((name) => name === file?.training?.plan && name.startsWith('persistent') === job.network.gpu.holds)
    const trainer = await Trainer.create(job.network, { ...job.trainer, ...(plan && { plan }) })
    try {
      if (file) trainer.restore(file)
      return new Loop(job, trainer, reading, options, saved)
    } catch (error) {
      trainer.destroy()
      throw error
    }
  }

  /** Trains on every batch and yields after each step, in order. Frees the trainer at the end, however it comes. */
  async *run(): AsyncGenerator<Progress, void, undefined> {
    try {
      for (let more = true; ; ) {
        while (more && this.#queued.length < inFlight) more = this.#queue()
        if (this.#queued.length === 0) return
        yield await this.#next()
      }
    } catch (error) {
      const [failed] = this.#queued
      const stopped = error instanceof SluiceError && error.code === 'not-finite' && failed
      // What was queued behind it has changed nothing, and will come again.
      this.#ended = stopped ? this.#capture(failed.place, []) : Promise.reject(error)
      throw error
    } finally {
      this.#ended ??= this.#capture()
      this.#ended.catch(() => {}) // told to whoever saves
      await Promise.allSettled(this.#queued.map(({ result }) => result))
      this.trainer.destroy()
    }
  }

  /** Queues a step; false if there is nothing more to train on. */
  #queue(): boolean {
    const { place } = this.reading
    const next = this.reading.next()
    if (!next) return false
    const { epoch, ...batch } = next
    const result = this.trainer.step(this.job.prepare?.(batch, this.trainer.steps) ?? batch)
    result.catch(() => {}) // reported when its turn comes
    this.#queued.push({ epoch, result, place })
    return true
  }

  async #next(): Promise<Progress> {
    const { epoch, result } = this.#queued[0]!
    const outcome = await result
    // Only now: what is saved meanwhile has this step among those not yet yielded.
    this.#queued.shift()
    const { sum, count } = epoch === this.#tally.epoch ? this.#tally : { sum: 0, count: 0 }
    this.#tally = outcome.skipped ? { epoch, sum, count } : { epoch, sum: sum + outcome.loss, count: count + 1 }
    const epochPerplexity = Math.exp(this.#tally.sum / this.#tally.count)
    return { ...outcome, epoch, totalSteps: this.#totalSteps, perplexity: Math.exp(outcome.loss), epochPerplexity, charsPerSecond: this.#speed.tick() }
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ ...this.job.file, ...(await (this.#ended ?? this.#capture())) })
  }

  /** What the GPU has and what the loop knows, as both are at this moment. */
  async #capture(place = this.reading.place, queued: readonly Queued[] = [...this.#queued]): Promise<Saved> {
    const tally = this.#tally
    const results = Promise.all(queued.map(({ result }) => result))
    const [{ training, ...model }, done] = await Promise.all([this.trainer.snapshot(), results])
    const pending = done.map((outcome, i) => ({ ...outcome, epoch: queued[i]!.epoch }))
    const loop: LoopState = { options: this.options, place, tally, pending }
    return { ...model, training: { ...training, loop } }
  }
}

/** @throws SluiceError `bad-file` for a place that no training of this text comes to. */
function placed(read: () => Reading): Reading {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SluiceError && cause.code === 'bad-text') throw cause
    throw new SluiceError('bad-file', `where the training of the file stood is no place in the text: ${(cause as Error).message}. Was the file damaged?`, { cause })
  }
}

/** What a file has of a loop, if it was one with these options. @throws SluiceError `bad-value` for others, `bad-file`. */
function checkLoop(loop: unknown, options: LoopState['options']): LoopState {
  const saved = loop as LoopState
  try {
    const { place: { epoch, taken, drawn }, tally, pending } = saved
    for (const [name, count] of Object.entries({ epoch, taken, drawn, count: tally.count, tallied: tally.epoch })) checkCount(name, count, { min: 0 })
    checkNumber('sum', tally.sum)
    checkCount('drawn', drawn, { min: 0, max: 0xffffffff })
    // JSON has neither NaN nor infinities, so what a step that was skipped had is null.
    for (const step of checkList('pending', pending, 'of steps'))
      for (const name of ['step', 'epoch', 'loss', 'gradientNorm', 'rate'] as const) if (!(step.skipped === true && step[name] === null)) checkNumber(name, step[name])
    if (typeof saved.options !== 'object' || saved.options === null) throw new SluiceError('bad-file', 'it has no options')
  } catch (cause) {
    throw new SluiceError('bad-file', `where the training of the file stood cannot be read: ${(cause as Error).message}. Was the file damaged?`, { cause })
  }
  for (const [name, is] of Object.entries(options)) {
    const was = saved.options[name]
    if (was === is) continue
    const what = name === 'text' ? 'the text is another one than this training was saved with' : `${name} is ${word(is)}, but this training was saved with ${name} ${word(was)}`
    throw new SluiceError('bad-value', `${what}. Give the same text and options to resume it (rate, clipping and epochs may change), or load the model and train it anew.`)
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
