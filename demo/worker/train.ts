// The training of the view Train: one network learns a text, and is looked at as it does.
import { Corpus, SluiceError, TextModel, type Sample, type Progress, type Training } from 'sluice'
import type { Point } from '../shared/curve'
import type { Failure } from '../shared/protocol'
import type { StateChange } from '../shared/run-config'
import { pack as packDraws, type Draws } from '../shared/train/draws'
import { checkSampling, checkSettings, trainOptions } from '../shared/train/options'
import { advance, pack, unpack, type LearningData, type TrainConfig, type TrainEvent } from '../shared/train/record'
import type { Sampling } from '../shared/train/settings'
import { device } from './device'
import { EvaluationSchedule } from './evaluation-schedule'
import { roundRunner, type Life } from './round-runner'
import { inRounds, type Rounds } from './rounds'
import { toFailure } from './serve'
import { ThroughputMeter } from './throughput'

export interface TrainArgs {
  readonly config: TrainConfig
  /** How it writes from the next look on. */
  readonly sampling: Sampling
}

/** Milliseconds of a round: the curve is to flow, and a pause is heard between two steps all the same. */
const durations = [50, 150] as const
/** Characters of the held-out text that are looked at: enough for two digits, and quick in a large text too. */
const heldOutLimit = 8192
/** Likeliest characters that are told for each that was written. */
const alternatives = 6

let living: TextModel | null = null

/** The network of the run that is in training or paused; null when there is none. */
export const currentModel = (): TextModel | null => living

async function drawn(parts: AsyncIterable<readonly Sample[]>): Promise<Draws> {
  const draws: Sample[] = []
  for await (const part of parts) draws.push(...part)
  return packDraws(draws)
}

class TextRounds implements Rounds<TrainEvent | StateChange> {
  step: number
  /** Why the text cannot be trained on. */
  readonly refused: Failure | null = null
  readonly #corpus: Corpus | null = null
  readonly #meter = new ThroughputMeter()
  /** From its first step on; before that it stands where the file says. */
  #training: Training | null = null
  /** What the next training goes on from. */
  #from: Uint8Array<ArrayBuffer> | null
  /** Times through the text after which it ends. */
  #epochs: number
  #ended: boolean
  /** Steps of the newest round, and what the library said of the last. */
  #points: Point[] = []
  #last: Progress | null = null

  constructor(
    private readonly model: TextModel,
    private readonly args: TrainArgs,
    private readonly life: Life<TrainEvent, LearningData>,
  ) {
    const { saved } = life
    this.step = saved?.step ?? 0
    this.#from = saved?.files[0] ?? null
    this.#epochs = saved?.shown.epochs ?? args.config.settings.epochs
    this.#ended = saved?.state === 'finished'
    try {
      this.#corpus = Corpus.fromText(args.config.text, { vocabulary: model.vocabulary })
    } catch (error) {
      // An imported model may not know the text: then it can write, and does not train.
      if (!saved) throw error
      this.refused = toFailure(error)
    }
  }

  get over(): boolean {
    return this.#ended || this.refused !== null
  }

  async take(count: number): Promise<TrainEvent | null> {
    const { budget, signal } = this.life
    this.#points = []
    this.#meter.goOn()
    for (let i = 0; i < count && (i === 0 || budget.left > 0) && !signal.aborted; i++) {
      const { value, done } = await this.#next()
      if (done) {
        this.#ended = true
        // So that it can go on, with more epochs.
        this.#from = await this.#training!.save()
        this.#training = null
        break
      }
      this.#points.push({ step: ++this.step, loss: value.loss })
      this.#last = value
      this.#meter.tick()
    }
    return this.told()
  }

  async #next(): Promise<IteratorResult<Progress, void>> {
    if (this.#training) return this.#training.next()
    const begin = async (resume: Uint8Array<ArrayBuffer> | null) => {
      const training = this.model.train(this.#corpus!, { ...trainOptions(this.args.config.settings, this.#epochs), ...(resume && { resume }) })
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

  /** What the newest round has done so far; null for nothing. */
  told(): TrainEvent | null {
    if (!this.#last || this.#points.length === 0) return null
    const { batch, steps } = this.args.config.settings
    const { epoch, step, totalSteps: all } = this.#last
    const totalSteps = Math.min(this.step + all - step - 1, this.life.budget.limit)
    return {
      kind: 'progress',
      points: [...this.#points],
      epoch: epoch + 1,
      totalSteps,
      charsPerSecond: this.#meter.stepsPerSecond * batch * steps,
      secondsPerStep: 1 / this.#meter.stepsPerSecond,
      secondsLeft: Math.max(0, totalSteps - this.step) * this.#meter.secondsPerStep,
    }
  }

  /** What the model writes now and how well it does. */
  async look(): Promise<TrainEvent | StateChange> {
    if (this.refused) return { kind: 'refused', failure: this.refused }
    const {
      config: { prefix, settings },
      sampling,
    } = this.args
    const heldOut = this.#corpus!.heldOut.subarray(0, heldOutLimit)
    const heldOutLoss = heldOut.length > 1 ? Math.log(await this.model.evaluate(heldOut)) : null
    try {
      checkSampling(sampling)
      // The same seed each time, so that two samples differ by what was learned between them and by nothing else.
      const draws = await drawn(this.model.sample(prefix, { ...sampling, seed: settings.seed, alternatives }))
      return { kind: 'look', step: this.step, prefix, draws, heldOutLoss }
    } catch (error) {
      // A field of the sampling may be empty while a person is typing into it: training goes on.
      if (!(error instanceof SluiceError && error.code === 'bad-value')) throw error
      return { kind: 'sampling-refused', failure: toFailure(error) }
    }
  }

  resume(finished: boolean): TrainEvent | null {
    this.#meter.begin()
    if (!finished || this.refused) return null
    this.#ended = false
    this.#epochs += this.args.config.settings.epochs
    return { kind: 'extended', epochs: this.#epochs }
  }

  /** The network, and where its training stands after the last step that was taken. @throws SluiceError `not-finite`, `device-lost`. */
  async save(): Promise<readonly [Uint8Array<ArrayBuffer>]> {
    return [await (this.#training?.save() ?? this.#from ?? this.model.save())]
  }

  async destroy(): Promise<void> {
    await this.#training?.return()
  }
}

async function* live(args: TrainArgs, life: Life<TrainEvent, LearningData>): AsyncGenerator<TrainEvent | StateChange> {
  const { saved, savedBy, budget, signal } = life
  const { text, prefix, settings } = args.config
  checkSettings(settings)
  const gpu = await device()
  const { cell, hidden, layers, seed, symbols, iterations, epochs } = settings
  const model = saved
    ? await TextModel.load(saved.files[0]!, { device: gpu })
    : await TextModel.create({ vocabulary: Corpus.fromText(text, { symbols }).vocabulary, cell, hidden, layers, seed, device: gpu })
  let rounds: TextRounds | null = null
  try {
    living = model
    rounds = new TextRounds(model, args, life)
    const { parameterCount: parameters } = model.network
    savedBy(
      () => rounds!.save(),
      () => rounds!.told(),
    )
    const schedule = new EvaluationSchedule()
    schedule.begin(rounds.step)
    if (saved) {
      yield { kind: 'model', parameters }
      if (rounds.refused) {
        yield rounds.look()
        budget.allow(0)
      }
    } else {
      // A prefix the vocabulary has not is refused now, and not at the first look.
      model.vocabulary.encode(prefix)
      // What an untrained network writes is the beginning of the story. It is told only once the settings have proved
      // right: the first step checks those that creating the model did not.
      const untrained = await rounds.look()
      const first = await rounds.take(1)
      yield { kind: 'started', parameters, epochs }
      yield untrained
      if (first) yield first
      budget.spend(1)
      rounds.resume(false) // the first step compiled, which the others need not
    }
    yield* inRounds(rounds, { gpu, budget, signal, iterations, schedule, durations })
  } finally {
    living = null
    await rounds?.destroy()
    model.destroy()
  }
}

export const train = roundRunner({ key: 'current', live, advance, pack, unpack, anyTime: true })

export const trainHandlers = {
  /** Writes from a beginning of the person's own, beside the training. */
  async *write({ prefix, seed, sampling }: { prefix: string; seed: number; sampling: Sampling }, signal: AbortSignal): AsyncGenerator<Draws> {
    const model = currentModel()
    if (!model) return
    checkSampling(sampling)
    for await (const draws of model.sample(prefix, { ...sampling, seed, alternatives })) {
      if (signal.aborted) return
      yield packDraws(draws)
    }
  },
}
