// The training of the view Train: one network learns a text and is evaluated meanwhile.
import { Corpus, SluiceError, TextModel, type Progress, type Sample, type Training } from 'sluice'
import type { Point } from '../shared/curve'
import type { Failure } from '../shared/protocol'
import type { StateChange } from '../shared/run-config'
import { pack as packDraws, type SampledText } from '../shared/train/sampled-text'
import { checkSampling, checkSettings, fitted, trainOptions } from '../shared/train/options'
import { advance, pack, unpack, type LearningData, type TrainConfig, type TrainEvent } from '../shared/train/record'
import type { Sampling } from '../shared/train/settings'
import { kernelsAsked } from './compiling'
import { device } from './device'
import { EvaluationSchedule } from './evaluation-schedule'
import { roundRunner, type RunContext } from './round-runner'
import { inRounds, type Rounds } from './rounds'
import { toFailure } from './serve'
import { ThroughputMeter } from './throughput'

export interface TrainArgs {
  readonly config: TrainConfig
  /** How it samples from the next evaluation on. */
  readonly sampling: Sampling
}

/** Milliseconds of a round: short, so that the curve moves smoothly. A pause acts between two steps anyway. */
const durations = [50, 150] as const
/** Characters of the held-out text to evaluate on: enough for two digits, and quick for a large text too. */
const heldOutLimit = 8192
/** Most likely characters that are kept for each sampled one. */
const alternatives = 6

let current: TextModel | null = null

/** The model of the current run, in training or paused; null if there is none. */
export const currentModel = (): TextModel | null => current

async function collect(parts: AsyncIterable<readonly Sample[]>): Promise<SampledText> {
  const samples: Sample[] = []
  for await (const part of parts) samples.push(...part)
  return packDraws(samples)
}

class TextRounds implements Rounds<TrainEvent | StateChange> {
  step: number
  /** Why the model cannot train on the text; null if it can. */
  readonly refused: Failure | null = null
  readonly #corpus: Corpus | null = null
  readonly #meter = new ThroughputMeter()
  /** null before the first step: the state is then that of the file. */
  #training: Training | null = null
  /** The file to resume from. */
  #from: Uint8Array<ArrayBuffer> | null
  /** Epochs after which training ends. */
  #epochs: number
  #ended: boolean
  /** Steps of the newest round, and the library's progress of the last one. */
  #points: Point[] = []
  #last: Progress | null = null

  constructor(
    private readonly model: TextModel,
    private readonly args: TrainArgs,
    private readonly context: RunContext<TrainEvent, LearningData>,
  ) {
    const { saved } = context
    this.step = saved?.step ?? 0
    this.#from = saved?.files[0] ?? null
    this.#epochs = saved?.shown.epochs ?? args.config.settings.epochs
    this.#ended = saved?.state === 'finished'
    try {
      this.#corpus = Corpus.fromText(args.config.text, { vocabulary: model.vocabulary })
    } catch (error) {
      // An imported model may not know the text. It can sample then, but not train.
      if (!saved) throw error
      this.refused = toFailure(error)
    }
  }

  get isOver(): boolean {
    return this.#ended || this.refused !== null
  }

  async train(count: number): Promise<TrainEvent | null> {
    const { budget, signal } = this.context
    this.#points = []
    this.#meter.resume()
    for (let i = 0; i < count && (i === 0 || budget.left > 0) && !signal.aborted; i++) {
      const asked = kernelsAsked()
      const { value, done } = await this.#next()
      if (done) {
        this.#ended = true
        // So that it can resume with more epochs.
        this.#from = await this.#training!.save()
        this.#training = null
        break
      }
      this.#points.push({ step: ++this.step, loss: value.loss })
      this.#last = value
      this.#meter.tick(kernelsAsked() > asked)
    }
    return this.progress()
  }

  /** Batch and steps, as large as the text allows. */
  get #shape() {
    return fitted(this.args.config.settings, this.#corpus?.training.length ?? 0)
  }

  async #next(): Promise<IteratorResult<Progress, void>> {
    if (this.#training) return this.#training.next()
    const begin = async (resume: Uint8Array<ArrayBuffer> | null) => {
      const training = this.model.train(this.#corpus!, { ...trainOptions(this.args.config.settings, this.#epochs), ...this.#shape, ...(resume && { resume }) })
      const first = await training.next()
      this.#training = training
      return first
    }
    try {
      return await begin(this.#from)
    } catch (error) {
      // An imported model with no training, or one of other settings, starts with a fresh optimizer state.
      if (!this.#from || !(error instanceof SluiceError) || !['bad-value', 'bad-file'].includes(error.code)) throw error
      return begin(null)
    }
  }

  /** The progress of the newest round; null before its first step. */
  progress(): TrainEvent | null {
    if (!this.#last || this.#points.length === 0) return null
    const { batch, steps } = this.#shape
    const { epoch, step, totalSteps: all } = this.#last
    const totalSteps = Math.min(this.step + all - step - 1, this.context.budget.limit)
    const { stepsPerSecond, secondsPerStep } = this.#meter
    return {
      kind: 'progress',
      points: [...this.#points],
      epoch: epoch + 1,
      totalSteps,
      charsPerSecond: stepsPerSecond && stepsPerSecond * batch * steps,
      secondsPerStep: stepsPerSecond && 1 / stepsPerSecond,
      secondsLeft: secondsPerStep && Math.max(0, totalSteps - this.step) * secondsPerStep,
    }
  }

  async evaluate(): Promise<TrainEvent | StateChange> {
    return this.refused ? { kind: 'refused', failure: this.refused } : this.write()
  }

  /** A sample, and the loss on held-out text. */
  async write(): Promise<TrainEvent> {
    const {
      config: { settings },
      sampling,
    } = this.args
    const heldOut = this.#corpus?.heldOut.subarray(0, heldOutLimit)
    const heldOutLoss = heldOut && heldOut.length > 1 ? Math.log(await this.model.evaluate(heldOut)) : null
    const prefix = this.#opening()
    try {
      checkSampling(sampling)
      // The same seed each time, so that two samples differ only by what was learned in between.
      const draws = await collect(this.model.sample(prefix, { ...sampling, seed: settings.seed, alternatives }))
      return { kind: 'evaluation', step: this.step, prefix, draws, heldOutLoss }
    } catch (error) {
      // A field of the sampling may be empty while a person types into it. Training continues.
      if (!(error instanceof SluiceError && error.code === 'bad-value')) throw error
      return { kind: 'sampling-refused', failure: toFailure(error) }
    }
  }

  /** The opening of the samples: as the page wants it, or what an imported model knows of it. */
  #opening(): string {
    const { prefix } = this.args.config
    const { vocabulary } = this.model
    try {
      vocabulary.encode(prefix)
      return prefix
    } catch (error) {
      if (!this.context.saved) throw error
      return vocabulary.has('\n') ? '\n' : vocabulary.characters[0]!
    }
  }

  resume(finished: boolean): TrainEvent | null {
    this.#meter.begin()
    if (!finished || this.refused) return null
    this.#ended = false
    this.#epochs += this.args.config.settings.epochs
    return { kind: 'extended', epochs: this.#epochs }
  }

  /** The model with the state of its training after the last step. @throws SluiceError `not-finite`, `device-lost`. */
  async save(): Promise<readonly [Uint8Array<ArrayBuffer>]> {
    return [await (this.#training?.save() ?? this.#from ?? this.model.save())]
  }

  async destroy(): Promise<void> {
    await this.#training?.return()
  }
}

async function* live(args: TrainArgs, life: RunContext<TrainEvent, LearningData>): AsyncGenerator<TrainEvent | StateChange> {
  const { saved, onSave: savedBy, budget, signal } = life
  const { text, prefix, settings } = args.config
  checkSettings(settings)
  const gpu = await device()
  const { cell, hidden, layers, seed, symbols, iterations, epochs } = settings
  const model = saved
    ? await TextModel.load(saved.files[0]!, { device: gpu })
    : await TextModel.create({ vocabulary: Corpus.fromText(text, { symbols }).vocabulary, cell, hidden, layers, seed, device: gpu })
  let rounds: TextRounds | null = null
  try {
    current = model
    rounds = new TextRounds(model, args, life)
    const { parameterCount: parameters } = model.network
    savedBy(
      () => rounds!.save(),
      () => rounds!.progress(),
    )
    const schedule = new EvaluationSchedule()
    schedule.begin(rounds.step)
    if (saved) {
      yield { kind: 'model', parameters }
      // A loaded model that has nothing to show writes at once; a run that was paused is shown as it was.
      const { samples } = saved.shown
      if ((rounds.refused && samples.at(-1)?.step !== rounds.step) || (budget.left <= 0 && samples.length === 0)) yield rounds.write()
      if (rounds.refused) {
        yield { kind: 'refused', failure: rounds.refused }
        budget.allow(0)
      }
    } else {
      // Unknown characters in the prefix are an error now, not at the first evaluation.
      model.vocabulary.encode(prefix)
      // The untrained network's sample comes first. It is sent after the first step, which checks the settings that creating the
      // model did not check.
      const untrained = await rounds.evaluate()
      const first = await rounds.train(1)
      yield { kind: 'started', parameters, epochs }
      yield untrained
      if (first) yield first
      budget.spend(1)
      rounds.resume(false) // the time of the first step does not count
    }
    yield* inRounds(rounds, { gpu, budget, signal, iterations, schedule, durations })
  } finally {
    current = null
    await rounds?.destroy()
    model.destroy()
  }
}

export const train = roundRunner({ key: 'current', train: live, advance, pack, unpack, savesAnyTime: true })

export const trainHandlers = {
  /** Samples after a person's own opening, beside the training. */
  async *write({ prefix, seed, sampling }: { prefix: string; seed: number; sampling: Sampling }, signal: AbortSignal): AsyncGenerator<SampledText> {
    const model = currentModel()
    if (!model) return
    checkSampling(sampling)
    for await (const draws of model.sample(prefix, { ...sampling, seed, alternatives })) {
      if (signal.aborted) return
      yield packDraws(draws)
    }
  },
}
