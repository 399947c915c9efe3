// One run of training: a loop that does one thing at a time. It trains a step while it may, else sleeps; so pausing is
// nothing but not taking the next step. The page follows it as a stream of events; commands reach it by calls.
import { Corpus, SluiceError, TextModel, type Progress } from 'sluice'
import type { Sampling, Settings } from '../session/settings'
import { device } from './device'
import { Looks, Speed } from './pace'
import type { Failure } from './protocol'
import { checkSettings, trainOptions } from './recipe'
import { toFailure } from './serve'

export interface RunOrder {
  readonly text: string
  /** What the samples begin with. */
  readonly prefix: string
  readonly settings: Settings
  readonly sampling: Sampling
}

/** One training step on the curve. */
export interface Point {
  /** Steps done, from 1. */
  readonly step: number
  /** Mean loss of the step's batch, in nats. */
  readonly loss: number
}

export type RunEvent =
  | { readonly kind: 'started'; readonly characters: number; readonly heldOut: number; readonly vocabulary: number; readonly parameters: number }
  | {
      readonly kind: 'progress'
      /** The steps since the event before, oldest first. */
      readonly points: readonly Point[]
      readonly epoch: number
      /** null where they are not limited. */
      readonly epochs: number | null
      readonly totalSteps: number
      readonly charsPerSecond: number
      readonly secondsPerStep: number
      readonly secondsLeft: number
    }
  /** A look at the model between steps: what it writes now, and its mean loss on the text held out, in nats. */
  | { readonly kind: 'look'; readonly step: number; readonly prefix: string; readonly text: string; readonly heldOutLoss: number | null }
  /** The run goes on, but could not write with the sampling it was given. */
  | { readonly kind: 'sampling-refused'; readonly failure: Failure }
  | { readonly kind: 'rested'; readonly finished: boolean }
  | { readonly kind: 'resumed' }

type Steps = AsyncGenerator<Progress, void, undefined>

/** Milliseconds between events of progress: often enough for the eye, seldom enough for a fast GPU's steps. */
const reportEvery = 100
/** Characters of the held-out text that are looked at: enough for two digits, and quick in a large text too. */
const heldOutLimit = 8192

class Run {
  #sampling: Sampling
  /** Steps it may take before it sleeps. */
  #allowed = Infinity
  #wake: () => void = () => {}
  readonly #speed = new Speed()
  readonly #looks = new Looks()
  /** Steps done. */
  #step = 0
  /** Steps of the rounds before this one: each round goes through all epochs, with an optimizer of its own. */
  #before = 0
  #rounds = 0
  #epochs = 0
  #points: Point[] = []
  #last: Omit<Extract<RunEvent, { kind: 'progress' }>, 'points'> | null = null
  #reported = 0
  /** The network, while the run lives. */
  model: TextModel | null = null

  constructor(
    private readonly order: RunOrder,
    private readonly signal: AbortSignal,
  ) {
    this.#sampling = order.sampling
    signal.addEventListener('abort', () => this.#wake())
  }

  setSampling(sampling: Sampling): void {
    this.#sampling = sampling
  }

  /** Lets it take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  allow(steps: number): void {
    this.#allowed = steps
    this.#wake()
  }

  async *live(): AsyncGenerator<RunEvent> {
    const { text, prefix, settings } = this.order
    checkSettings(settings)
    const corpus = Corpus.fromText(text)
    const { vocabulary, training, heldOut } = corpus
    // A prefix the vocabulary has not is refused now, and not at the first look.
    vocabulary.encode(prefix)
    const { cell, hidden, layers, seed } = settings
    const model = (this.model = await TextModel.create({ vocabulary, cell, hidden, layers, seed, device: await device() }))
    try {
      // What an untrained network writes is the beginning of the story. It is told only once the settings have proved
      // right: the first step checks those that creating the model did not.
      const first = await this.#look(model, corpus)
      const steps = model.train(corpus, trainOptions(settings, this.#rounds))
      const taken = await steps.next()
      yield { kind: 'started', characters: training.length, heldOut: heldOut.length, vocabulary: vocabulary.size, parameters: model.network.parameterCount }
      yield first
      this.#speed.begin()
      yield* this.#loop(model, corpus, steps, taken)
    } finally {
      this.model = null
      model.destroy()
    }
  }

  async *#loop(model: TextModel, corpus: Corpus, steps: Steps, taken: IteratorResult<Progress, void>): AsyncGenerator<RunEvent> {
    const { settings } = this.order
    let finished = false
    try {
      while (!this.signal.aborted) {
        if (this.#allowed <= 0) {
          yield* this.#rest(finished)
        } else if (finished) {
          finished = false
          this.#before = this.#step
          this.#epochs = this.#last?.epoch ?? 0
          this.#rounds++
          steps = model.train(corpus, trainOptions(settings, this.#rounds))
          taken = await steps.next()
        } else if (taken.done || this.#step - this.#before >= settings.iterations) {
          await steps.return()
          yield* this.#lookAndTell(model, corpus)
          finished = true
          this.#allowed = 0
        } else {
          this.#take(taken.value)
          if (performance.now() - this.#reported >= reportEvery) yield* this.#report()
          if (this.#looks.due(this.#step)) yield* this.#lookAndTell(model, corpus)
          taken = await steps.next()
        }
      }
    } finally {
      await steps.return()
    }
  }

  /** Sleeps until something is asked for. */
  async *#rest(finished: boolean): AsyncGenerator<RunEvent> {
    yield* this.#report()
    yield { kind: 'rested', finished }
    while (this.#allowed <= 0 && !this.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#speed.begin()
    yield { kind: 'resumed' }
  }

  #take(progress: Progress): void {
    const { batch, steps, epochs, iterations } = this.order.settings
    this.#step++
    this.#allowed--
    this.#points.push({ step: this.#step, loss: progress.loss })
    this.#speed.tick()
    const totalSteps = this.#before + Math.min(progress.totalSteps, iterations)
    this.#last = {
      kind: 'progress',
      epoch: this.#epochs + progress.epoch + 1,
      epochs: epochs === Infinity ? null : this.#epochs + epochs,
      totalSteps,
      charsPerSecond: this.#speed.stepsPerSecond * batch * steps,
      secondsPerStep: 1 / this.#speed.stepsPerSecond,
      secondsLeft: Math.max(0, totalSteps - this.#step) * this.#speed.secondsPerStep,
    }
  }

  /** Tells the steps that have not been told yet. */
  *#report(): Generator<RunEvent> {
    if (!this.#last || this.#points.length === 0) return
    this.#reported = performance.now()
    yield { ...this.#last, points: this.#points }
    this.#points = []
  }

  /** What the model writes now and how well it does. */
  async #look(model: TextModel, corpus: Corpus): Promise<RunEvent> {
    const { prefix, settings } = this.order
    const heldOut = corpus.heldOut.subarray(0, heldOutLimit)
    const heldOutLoss = heldOut.length > 1 ? Math.log(await model.evaluate(heldOut)) : null
    try {
      // The same seed each time, so that two samples differ by what was learned between them and by nothing else.
      const written = await model.generate(prefix, { ...this.#sampling, seed: settings.seed })
      return { kind: 'look', step: this.#step, prefix, text: written.slice(prefix.length), heldOutLoss }
    } catch (error) {
      // A field of the sampling may be empty while a person is typing into it: training goes on.
      if (!(error instanceof SluiceError && error.code === 'bad-value')) throw error
      return { kind: 'sampling-refused', failure: toFailure(error) }
    }
  }

  async *#lookAndTell(model: TextModel, corpus: Corpus): AsyncGenerator<RunEvent> {
    yield* this.#report()
    const from = performance.now()
    yield await this.#look(model, corpus)
    this.#looks.looked(this.#step, from)
    this.#speed.goOn()
  }
}

let current: Run | null = null
/** The run before has freed its memory when this resolves, so that two models never share it. */
let ended: Promise<void> = Promise.resolve()

/** The network that is in training or paused; null when there is none. */
export const currentModel = (): TextModel | null => current?.model ?? null

export const runHandlers = {
  /** Trains, and tells of it until the page stops listening, which ends the run and frees the model. */
  async *train(order: RunOrder, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const before = ended
    let over = () => {}
    ended = new Promise((resolve) => (over = resolve))
    await before
    const run = (current = new Run(order, signal))
    try {
      yield* run.live()
    } finally {
      if (current === run) current = null
      over()
    }
  },

  /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  async allow({ steps }: { steps: number }): Promise<void> {
    current?.allow(steps)
  },

  async setSampling(sampling: Sampling): Promise<void> {
    current?.setSampling(sampling)
  },

  /** Writes from a beginning of the person's own, beside the training. */
  async *write({ prefix, seed, sampling }: { prefix: string; seed: number; sampling: Sampling }, signal: AbortSignal): AsyncGenerator<string> {
    const model = currentModel()
    if (!model) return
    for await (const piece of model.write(prefix, { ...sampling, seed })) {
      if (signal.aborted) return
      yield piece
    }
  },
}
