// One run of training, in the worker: a loop that does one thing at a time. It writes when it is asked to, else trains
// a step, else sleeps; so pausing is nothing but not taking the next step, and writing never meets a half-done update.
import { Corpus, SluiceError, TextModel, type Gpu, type Progress } from 'sluice'
import { Looks, Speed } from './pace'
import type { Command, Failure, Point, RunReport, Sampling } from './protocol'
import { checkSettings, trainOptions } from './recipe'
import { toFailure } from './failure'

export type Order = Extract<Command, { kind: 'start' }>
export type WriteOrder = Extract<Command, { kind: 'write' }>
/** A report without its run, which the run itself puts on. */
type Unsigned<R> = R extends RunReport ? Omit<R, 'run'> : never
type Steps = AsyncGenerator<Progress, void, undefined>

/** Milliseconds between reports of progress: often enough for the eye, seldom enough for a fast GPU's steps. */
const reportEvery = 100
/** Characters of the held-out text that are looked at: enough for two digits, and quick in a large text too. */
const heldOutLimit = 8192

export class Run {
  /** Resolves when everything is freed, whatever ended the run. */
  readonly ended: Promise<void>
  readonly #writes: WriteOrder[] = []
  #sampling: Sampling
  #wanted: 'training' | 'paused' | 'stopped' = 'training'
  #wake: () => void = () => {}
  readonly #speed = new Speed()
  readonly #looks = new Looks()
  /** Steps done. */
  #step = 0
  /** Times that all epochs were gone through, each with an optimizer of its own. */
  #rounds = 0
  /** Epochs of the rounds before this one. */
  #epochs = 0
  #points: Point[] = []
  #last: Unsigned<Extract<RunReport, { kind: 'progress' }>> | null = null
  #reported = 0
  /** Said that it is paused, and not yet that it goes on. */
  #rested = false

  constructor(
    private readonly order: Order,
    device: Promise<Gpu>,
    private readonly post: (report: RunReport) => void,
  ) {
    this.#sampling = order.sampling
    this.ended = this.#live(device).catch((error) => this.#tell({ kind: 'failed', failure: toFailure(error) }))
  }

  setSampling(sampling: Sampling): void {
    this.#sampling = sampling
  }

  pause(): void {
    this.#wanted = 'paused'
  }

  resume(): void {
    this.#wanted = 'training'
    this.#wake()
  }

  stop(): void {
    this.#wanted = 'stopped'
    this.#wake()
  }

  write(order: WriteOrder): void {
    this.#writes.push(order)
    this.#wake()
  }

  get #stopped(): boolean {
    return this.#wanted === 'stopped'
  }

  #tell(report: Unsigned<RunReport>): void {
    if (!this.#stopped) this.post({ ...report, run: this.order.run })
  }

  async #live(device: Promise<Gpu>): Promise<void> {
    device.catch(() => {}) // awaited below, unless the text is refused before
    const { text, prefix, settings } = this.order
    checkSettings(settings)
    const corpus = Corpus.fromText(text)
    const { vocabulary, training, heldOut } = corpus
    // A prefix the vocabulary has not is refused now, and not at the first look.
    vocabulary.encode(prefix)
    const { cell, hidden, layers, seed } = settings
    const model = await TextModel.create({ vocabulary, cell, hidden, layers, seed, device: await device })
    try {
      // What an untrained network writes is the beginning of the story. It is told only once the settings have proved
      // right: the first step checks those that creating the model did not.
      const first = await this.#look(model, corpus)
      const steps = model.train(corpus, trainOptions(settings, this.#rounds))
      const taken = await steps.next()
      const { parameterCount: parameters } = model.network
      this.#tell({ kind: 'started', characters: training.length, heldOut: heldOut.length, vocabulary: vocabulary.size, parameters })
      if (first) this.#tell(first)
      this.#speed.begin()
      await this.#loop(model, corpus, steps, taken)
    } finally {
      model.destroy()
    }
  }

  async #loop(model: TextModel, corpus: Corpus, steps: Steps, taken: IteratorResult<Progress, void>): Promise<void> {
    const { iterations } = this.order.settings
    let before = 0 // steps of the rounds before this one
    let finished = false
    try {
      while (!this.#stopped) {
        const order = this.#writes.shift()
        if (order) {
          await this.#write(model, order)
        } else if (this.#wanted === 'paused') {
          await this.#rest(finished)
        } else if (this.#rested) {
          this.#rested = false
          this.#speed.begin()
          this.#tell({ kind: 'resumed' })
        } else if (finished) {
          finished = false
          before = this.#step
          this.#epochs = this.#last?.epoch ?? 0
          this.#rounds++
          steps = model.train(corpus, trainOptions(this.order.settings, this.#rounds))
          taken = await steps.next()
        } else if (taken.done || this.#step - before >= iterations) {
          await steps.return()
          await this.#lookAndTell(model, corpus)
          finished = true
          this.#wanted = this.#stopped ? 'stopped' : 'paused'
        } else {
          this.#take(taken.value, before)
          if (this.#looks.due(this.#step)) await this.#lookAndTell(model, corpus)
          taken = await steps.next()
        }
      }
    } finally {
      await steps.return()
    }
  }

  /** Sleeps until something is asked for. */
  async #rest(finished: boolean): Promise<void> {
    this.#report()
    if (!this.#rested) this.#tell({ kind: finished ? 'finished' : 'paused', step: this.#step })
    this.#rested = true
    await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  #take(progress: Progress, before: number): void {
    const { batch, steps, epochs, iterations } = this.order.settings
    this.#step++
    this.#points.push({ step: this.#step, loss: progress.loss })
    this.#speed.tick()
    const totalSteps = before + Math.min(progress.totalSteps, iterations)
    this.#last = {
      kind: 'progress',
      points: [],
      epoch: this.#epochs + progress.epoch + 1,
      epochs: epochs === Infinity ? null : this.#epochs + epochs,
      totalSteps,
      charsPerSecond: this.#speed.stepsPerSecond * batch * steps,
      secondsLeft: Math.max(0, totalSteps - this.#step) * this.#speed.secondsPerStep,
    }
    if (performance.now() - this.#reported >= reportEvery) this.#report()
  }

  /** Sends the steps that have not been sent yet. */
  #report(): void {
    if (!this.#last || this.#points.length === 0) return
    this.#reported = performance.now()
    this.#tell({ ...this.#last, points: this.#points })
    this.#points = []
  }

  /** What the model writes now and how well it does; null when it could not write with the present sampling. */
  async #look(model: TextModel, corpus: Corpus): Promise<Unsigned<Extract<RunReport, { kind: 'look' }>> | null> {
    const { prefix, settings } = this.order
    const heldOut = corpus.heldOut.subarray(0, heldOutLimit)
    const heldOutPerplexity = heldOut.length > 1 ? await model.evaluate(heldOut) : null
    try {
      // The same seed each time, so that two samples differ by what was learned between them and by nothing else.
      const written = await model.generate(prefix, { ...this.#sampling, seed: settings.seed })
      return { kind: 'look', step: this.#step, prefix, text: written.slice(prefix.length), heldOutPerplexity }
    } catch (error) {
      // A field of the sampling may be empty while a person is typing into it: training goes on.
      if (!(error instanceof SluiceError && error.code === 'bad-value')) throw error
      this.#tell({ kind: 'sampling-refused', failure: toFailure(error) })
      return null
    }
  }

  async #lookAndTell(model: TextModel, corpus: Corpus): Promise<void> {
    this.#report()
    const from = performance.now()
    const look = await this.#look(model, corpus)
    if (look) this.#tell(look)
    this.#looks.looked(this.#step, from)
    this.#speed.goOn()
  }

  async #write(model: TextModel, { id, prefix, seed, sampling }: WriteOrder): Promise<void> {
    let failure: Failure | null = null
    try {
      for await (const piece of model.write(prefix, { ...sampling, seed })) {
        if (this.#stopped || this.#writes.length > 0) break // what was asked for last counts
        this.#tell({ kind: 'wrote', id, piece })
      }
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'device-lost') throw error
      failure = toFailure(error)
    }
    this.#speed.goOn()
    this.#tell({ kind: 'write-ended', id, step: this.#step, failure })
  }
}
