// One run of training: a loop that does one thing at a time. It trains a step while it may, else sleeps; so pausing is
// nothing but not taking the next step. The page follows it as a stream of events.
import { Corpus, SluiceError, TextModel, type Draw, type Progress, type Training } from 'sluice'
import type { Point } from '../shared/curve'
import { pack, type Draws } from '../shared/train/draws'
import { History, type TrainConfig, type TrainEvent } from '../shared/train/history'
import type { Sampling } from '../shared/train/settings'
import { StepBudget } from './step-budget'
import { device, loss } from './device'
import { EvaluationSchedule } from './evaluation-schedule'
import { ThroughputMeter } from './throughput'
import type { Failure } from '../shared/protocol'
import { checkSampling, checkSettings, trainOptions } from '../shared/train/options'
import { toFailure } from './serve'
import type { SavedRun } from './storage'

/** Milliseconds between events of progress: often enough for the eye, seldom enough for a fast GPU's steps. */
const reportEvery = 100
/** Characters of the held-out text that are looked at: enough for two digits, and quick in a large text too. */
const heldOutLimit = 8192
/** Likeliest characters that are told for each that was written. */
export const alternatives = 6

export async function drawn(parts: AsyncIterable<readonly Draw[]>): Promise<Draws> {
  const draws: Draw[] = []
  for await (const part of parts) draws.push(...part)
  return pack(draws)
}

export class Run {
  #sampling: Sampling
  readonly allowance: StepBudget
  #finished = false
  readonly #speed = new ThroughputMeter()
  readonly #looks = new EvaluationSchedule()
  readonly #history: History
  /** Steps done. */
  #step: number
  /** Times through the text after which it rests. */
  #epochs: number
  #points: Point[] = []
  #last: Omit<Extract<TrainEvent, { kind: 'progress' }>, 'points'> | null = null
  #reported = 0
  #corpus: Corpus | null = null
  /** Why the text cannot be trained on. */
  #refused: Failure | null = null
  /** From its first step on; before that the run stands where the file says. */
  #training: Training | null = null
  /** What the next training goes on from. */
  #from: Uint8Array<ArrayBuffer> | null
  /** The network, while the run lives. */
  model: TextModel | null = null

  /** @param saved where it stood, for a run that goes on
   * @param keep called between steps, and when it rests: the time to keep the run */
  constructor(
    readonly order: TrainConfig,
    private readonly saved: SavedRun | null,
    sampling: Sampling,
    private readonly signal: AbortSignal,
    private readonly keep: (rests: boolean) => void,
  ) {
    this.#sampling = sampling
    this.#history = new History(saved?.history)
    this.#step = saved?.step ?? 0
    this.#from = saved?.file ?? null
    const { steps, epochs } = saved?.limits ?? { steps: order.settings.iterations, epochs: order.settings.epochs }
    this.allowance = new StepBudget(signal, steps)
    this.#epochs = epochs
    this.#looks.begin(this.#step)
    if (saved && saved.state !== 'running') this.allowance.allow(0)
    this.#finished = saved?.state === 'finished'
  }

  get sampling(): Sampling {
    return this.#sampling
  }

  setSampling(sampling: Sampling): void {
    this.#sampling = sampling
  }

  /** The run as it stands between two steps. @throws SluiceError `not-finite`, `device-lost`. */
  async save(): Promise<SavedRun> {
    const { text: _, ...order } = this.order
    const rest = { order, step: this.#step, limits: { steps: this.allowance.limit, epochs: this.#epochs }, state: this.state, history: structuredClone(this.#history.data) } as const
    return { ...rest, file: await (this.#training?.save() ?? this.#from ?? this.model!.save()) }
  }

  get state(): SavedRun['state'] {
    return this.#finished ? 'finished' : this.allowance.left > 0 ? 'running' : 'paused'
  }

  get lastHeldOutLoss(): number | null {
    return this.#history.curve.heldOut.at(-1)?.loss ?? null
  }

  get step(): number {
    return this.#step
  }

  async *live(): AsyncGenerator<TrainEvent> {
    const { text, prefix, settings } = this.order
    checkSettings(settings)
    const model = (this.model = await this.#createModel())
    try {
      this.#readText(text)
      const { training, heldOut } = this.#corpus ?? { training: [], heldOut: [] }
      const started = { kind: 'started', order: this.order, history: this.saved ? this.#history.data : null, characters: training.length, heldOut: heldOut.length, vocabulary: model.vocabulary.size, parameters: model.network.parameterCount } as const
      if (this.#refused) {
        yield started
        yield { kind: 'training-refused', failure: this.#refused }
        this.allowance.allow(0)
        this.#finished = true
      } else if (this.saved) {
        yield started
      } else {
        // A prefix the vocabulary has not is refused now, and not at the first look.
        model.vocabulary.encode(prefix)
        // What an untrained network writes is the beginning of the story. It is told only once the settings have proved
        // right: the first step checks those that creating the model did not.
        const first = this.#remember(await this.#look(model))
        await this.#advance(model)
        yield started
        yield first
      }
      this.#speed.begin()
      yield* this.#loop(model)
    } finally {
      this.model = null
      await this.#training?.return()
      model.destroy()
    }
  }

  async #createModel(): Promise<TextModel> {
    if (this.saved) return TextModel.load(this.saved.file, { device: await device() })
    const { cell, hidden, layers, seed } = this.order.settings
    return TextModel.create({ vocabulary: Corpus.fromText(this.order.text).vocabulary, cell, hidden, layers, seed, device: await device() })
  }

  /** Makes the text ready. An imported model may not know it: then it can write, and does not train. */
  #readText(text: string): void {
    try {
      this.#corpus = Corpus.fromText(text, { vocabulary: this.model!.vocabulary })
    } catch (error) {
      if (!this.saved) throw error
      this.#refused = toFailure(error)
    }
  }

  async *#loop(model: TextModel): AsyncGenerator<TrainEvent> {
    while (!this.signal.aborted) {
      if (this.allowance.left <= 0) {
        yield* this.#rest()
      } else if (this.#finished) {
        yield* this.#goFurther()
      } else if (this.#step >= this.allowance.limit || !(await this.#advance(model))) {
        yield* this.#lookAndTell(model)
        this.#finished = true
        this.allowance.allow(0)
      } else {
        if (performance.now() - this.#reported >= reportEvery) yield* this.#report()
        if (this.#looks.due(this.#step)) yield* this.#lookAndTell(model)
        this.keep(false)
      }
    }
  }

  /** Sleeps until something is asked for. */
  async *#rest(): AsyncGenerator<TrainEvent> {
    yield* this.#report()
    this.keep(true)
    yield { kind: 'rested', finished: this.#finished }
    const lost = loss(this.model!.network.gpu)
    lost.catch(() => {}) // that of a run which has gone on
    await Promise.race([this.allowance.granted(), lost])
    this.#speed.begin()
    yield { kind: 'resumed' }
  }

  /** After the last step, as many again. */
  async *#goFurther(): AsyncGenerator<TrainEvent> {
    if (this.#refused) {
      this.allowance.allow(0)
      return yield { kind: 'training-refused', failure: this.#refused }
    }
    const { iterations, epochs } = this.order.settings
    this.allowance.limit = Math.max(this.#step, this.allowance.limit) + iterations
    this.#epochs += epochs
    this.#finished = false
  }

  /** Takes a step; false if the text was gone through as often as it was to be. */
  async #advance(model: TextModel): Promise<boolean> {
    const { value, done } = await this.#stepOf(model)
    if (done) {
      // So that it can go on, with more epochs.
      this.#from = await this.#training!.save()
      this.#training = null
      return false
    }
    this.#take(value)
    return true
  }

  async #stepOf(model: TextModel): Promise<IteratorResult<Progress, void>> {
    if (this.#training) return this.#training.next()
    const begin = async (resume: Uint8Array<ArrayBuffer> | null) => {
      const training = model.train(this.#corpus!, { ...trainOptions(this.order.settings, this.#epochs), ...(resume && { resume }) })
      const first = await training.next()
      this.#training = training
      return first
    }
    try {
      return await begin(this.#from)
    } catch (error) {
      // An imported model whose training was another one, or had none, is trained on with a new memory of the optimizer.
      if (!this.#from || !(error instanceof SluiceError) || !['bad-value', 'bad-file'].includes(error.code)) throw error
      return begin(null)
    }
  }

  #take(progress: Progress): void {
    const { batch, steps } = this.order.settings
    this.#step++
    this.allowance.spend(1)
    const point = { step: this.#step, loss: progress.loss }
    this.#points.push(point)
    this.#history.curve.add(point)
    this.#speed.tick()
    const totalSteps = Math.min(this.#step + progress.totalSteps - progress.step - 1, this.allowance.limit)
    this.#last = {
      kind: 'progress',
      epoch: progress.epoch + 1,
      totalSteps,
      charsPerSecond: this.#speed.stepsPerSecond * batch * steps,
      secondsPerStep: 1 / this.#speed.stepsPerSecond,
      secondsLeft: Math.max(0, totalSteps - this.#step) * this.#speed.secondsPerStep,
    }
  }

  /** Tells the steps that have not been told yet. */
  *#report(): Generator<TrainEvent> {
    if (!this.#last || this.#points.length === 0) return
    this.#reported = performance.now()
    yield { ...this.#last, points: this.#points }
    this.#points = []
  }

  #remember(event: TrainEvent): TrainEvent {
    this.#history.take(event)
    return event
  }

  /** What the model writes now and how well it does. */
  async #look(model: TextModel): Promise<TrainEvent> {
    const { prefix, settings } = this.order
    const heldOut = this.#corpus!.heldOut.subarray(0, heldOutLimit)
    const heldOutLoss = heldOut.length > 1 ? Math.log(await model.evaluate(heldOut)) : null
    try {
      checkSampling(this.#sampling)
      // The same seed each time, so that two samples differ by what was learned between them and by nothing else.
      const draws = await drawn(model.draw(prefix, { ...this.#sampling, seed: settings.seed, alternatives }))
      return { kind: 'look', step: this.#step, prefix, draws, heldOutLoss }
    } catch (error) {
      // A field of the sampling may be empty while a person is typing into it: training goes on.
      if (!(error instanceof SluiceError && error.code === 'bad-value')) throw error
      return { kind: 'sampling-refused', failure: toFailure(error) }
    }
  }

  async *#lookAndTell(model: TextModel): AsyncGenerator<TrainEvent> {
    yield* this.#report()
    const from = performance.now()
    yield this.#remember(await this.#look(model))
    this.#looks.looked(this.#step, from)
    this.#speed.goOn()
  }
}
