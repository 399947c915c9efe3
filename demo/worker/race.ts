// The race in the worker. All contestants train the same number of steps, in turns, and each is timed alone.
import { adam, BlankModel, Corpus, SluiceError, TextModel, type Gpu, type TrainOptions } from 'sluice'
import type { Sampling } from '../shared/train/settings'
import { device } from './device'
import type { RunConfig, StateChange } from '../shared/run-config'
import { EvaluationSchedule } from './evaluation-schedule'
import { roundRunner, type RunContext } from './round-runner'
import { inRounds } from './rounds'
import { advance, pack, unpack, type LaneEvaluation, type LaneProgress, type Passage, type RaceData, type RaceEvent } from '../shared/race/record'
import type { RaceSettings } from '../shared/race/settings'
import { symbols } from '../shared/race/memory'
import { equalSizes, type DataSpec, type Size } from '../shared/race/sizes'
import type { Lane } from '../shared/race/lanes'
import { memoryModel, memoryPassage } from './race-memory'
import type { Model } from './race-model'

export interface RaceArgs {
  readonly config: RunConfig<RaceSettings>
  /** The contestants of a new race. A race that resumes has its own. */
  readonly lanes: readonly Lane[]
  /** How they sample from the next evaluation on. */
  readonly sampling: Sampling
}

/** Characters of the held-out text to evaluate on. */
const heldOutLimit = 4096
/** Characters of the passage, and the distance of its blanks. */
const [passageLength, passageEvery] = [144, 9]
/** Characters that mark a blank. The first one that the text does not contain is used. */
const blankMarks = ['□', '_', '▢', '\u{f8ff}']

class Contestant {
  #progress: Omit<LaneProgress, 'losses'>
  #steps: number

  /** @param from its saved progress, for a race that resumes */
  constructor(
    private readonly runner: Model,
    private readonly gpu: Gpu,
    private readonly clipNorm: number,
    from?: RaceData['racers'][number],
  ) {
    this.#progress = { seconds: from?.marks.at(-1)!.seconds ?? 0, clipped: from?.clipped ?? 0, out: from?.out ?? null }
    this.#steps = from?.curve.last ?? 0
  }

  get out(): boolean {
    return this.#progress.out !== null
  }

  /** Trains so many steps and waits until the GPU has done them. Several are queued at a time, and none may count in the time of
   * the next contestant. */
  async train(steps: number, timed: boolean, signal: AbortSignal): Promise<LaneProgress> {
    const losses: number[] = []
    let { seconds, clipped, out } = this.#progress
    const from = performance.now()
    try {
      while (!out && losses.length < steps && !signal.aborted) {
        const { value } = await this.runner.training.next()
        if (!value) break
        losses.push(value.loss)
        if (value.gradientNorm > this.clipNorm) clipped++
      }
      await this.gpu.whenDone(this.gpu.device.queue.onSubmittedWorkDone())
    } catch (error) {
      // A contestant whose training diverged is out. The others continue.
      if (!(error instanceof SluiceError && error.code === 'not-finite')) throw error
      out = { step: this.#steps + losses.length + 1, message: error.message }
    }
    if (timed && losses.length > 0) seconds += (performance.now() - from) / 1000
    this.#steps += losses.length
    this.#progress = { seconds, clipped, out }
    return { ...this.#progress, losses }
  }

  async save(): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.out ? null : this.runner.training.save()
  }

  evaluate(): Promise<LaneEvaluation> | null {
    return this.out ? null : this.runner.evaluate()
  }

  async destroy(): Promise<void> {
    await this.runner.training.return()
    this.runner.destroy()
  }
}

async function textModel({ lane, hidden, corpus, gpu, args, training, file }: Entry): Promise<Model> {
  const {
    settings: { seed },
    prefix,
  } = args.config
  const model = file
    ? await TextModel.load(file, { device: gpu })
    : await TextModel.create({ vocabulary: corpus.vocabulary, cell: lane.cell, layers: lane.layers, hidden, seed, device: gpu })
  const heldOut = corpus.heldOut.subarray(0, heldOutLimit)
  return {
    training: model.train(corpus, training),
    async evaluate() {
      const heldOutLoss = heldOut.length > 1 ? Math.log(await model.evaluate(heldOut)) : null
      // The same seed each time and for each contestant, so samples differ only by what was learned.
      const written = await model.generate(prefix, { ...args.sampling, seed })
      return { heldOutLoss, text: written.slice(prefix.length), guesses: [], accuracy: null }
    },
    destroy: () => model.destroy(),
  }
}

async function blankModel({
  lane,
  hidden,
  corpus,
  gpu,
  args: {
    config: {
      settings: { seed },
    },
  },
  training,
  passage,
  file,
}: Entry): Promise<Model> {
  const shape = { cell: lane.cell, layers: lane.layers, hidden, bidirectional: lane.both, seed }
  const model = file ? await BlankModel.load(file, { device: gpu }) : await BlankModel.create({ vocabulary: corpus.vocabulary, ...shape, device: gpu })
  const heldOut = corpus.heldOut.subarray(0, heldOutLimit)
  const blank = blankMarks.find((mark) => !corpus.vocabulary.has(mark))!
  const question = passage!.characters.map((character, i) => (passage!.hidden.includes(i) ? blank : character)).join('')
  return {
    training: model.train(corpus, training),
    async evaluate() {
      const score = heldOut.length >= 100 ? await model.evaluate(heldOut) : null
      const { blanks } = await model.guess(question, { blank, top: 4 })
      return { heldOutLoss: score && Math.log(score.perplexity), accuracy: score && score.accuracy, text: null, guesses: blanks.map(({ guesses }) => guesses) }
    },
    destroy: () => model.destroy(),
  }
}

interface Entry {
  readonly lane: Lane
  readonly hidden: number
  readonly corpus: Corpus
  readonly gpu: Gpu
  readonly args: RaceArgs
  readonly training: TrainOptions
  readonly passage: Passage | null
  /** Its saved network; null for a new race. */
  readonly file: Uint8Array<ArrayBuffer> | null
}

/** A passage of the held-out text. Every ninth character is hidden, except line ends, which would show. */
function passageOf({ heldOut, training, vocabulary }: Corpus): Passage {
  const characters = [...vocabulary.decode((heldOut.length >= passageLength ? heldOut : training).subarray(0, passageLength))]
  return { characters, hidden: characters.flatMap((character, i) => (i % passageEvery === 5 && character !== '\n' ? [i] : [])) }
}

async function* live(args: RaceArgs, { budget, signal, saved, onSave: savedBy }: RunContext<RaceEvent, RaceData>): AsyncGenerator<RaceEvent | StateChange> {
  const { text, prefix, settings } = args.config
  const { task, budget: weights, batch, steps, rate, clipNorm, seed, iterations } = settings
  if (!(iterations === Infinity || (Number.isSafeInteger(iterations) && iterations > 0)))
    throw new SluiceError('bad-value', `training steps is ${iterations}, expected a whole number of at least 1, or an empty field for no limit`)
  if (task === 'memory' && !(Number.isSafeInteger(steps) && steps > 2))
    throw new SluiceError('bad-value', `time steps is ${steps}, expected a whole number of at least 3`)
  const corpus = task === 'memory' ? null : Corpus.fromText(text)
  corpus?.vocabulary.encode(prefix) // unknown characters are an error now, not at the first evaluation
  const lanes = saved ? saved.shown.racers.map(({ lane }) => lane) : args.lanes
  const sizes = saved ? saved.shown.racers.map(({ size }) => size) : equalSizes(lanes, weights, { task, vocabulary: corpus?.vocabulary.size ?? symbols })
  const passage = saved ? saved.shown.passage : !corpus ? memoryPassage(settings) : task === 'blanks' ? passageOf(corpus) : null
  const gpu = await device()
  const contestants: Contestant[] = []
  try {
    for (const [i, lane] of lanes.entries()) {
      const file = saved?.files[i] ?? null
      // No limit of epochs: the race counts steps.
      const training = { batch, steps, optimizer: adam({ rate }), epochs: 1e9, seed, clipNorm, ...(file && { resume: file }) }
      const entry = { lane, hidden: sizes[i]!.hidden, gpu, settings }
      const racer = saved?.shown.racers[i]
      const model = corpus
        ? await (task === 'write' ? textModel : blankModel)({ ...entry, corpus, args, training, passage, file })
        : await memoryModel(entry, file, racer?.curve.last ?? 0)
      contestants.push(new Contestant(model, gpu, clipNorm, racer))
    }
    savedBy(() => Promise.all(contestants.map((contestant) => contestant.save())))
    // The first step compiles the kernels.
    let compiled = false
    const rounds = {
      step: saved?.step ?? 0,
      async train(count: number): Promise<RaceEvent> {
        const progress: LaneProgress[] = []
        for (const contestant of contestants) progress.push(await contestant.train(count, compiled, signal))
        compiled = true
        return { kind: 'progress', step: (this.step += count), lanes: progress }
      },
      async evaluate(): Promise<RaceEvent> {
        const evaluations: (LaneEvaluation | null)[] = []
        for (const contestant of contestants) evaluations.push(signal.aborted ? null : await contestant.evaluate())
        return { kind: 'evaluation', step: this.step, prefix, lanes: evaluations }
      },
      get isOver() {
        return contestants.every(({ out }) => out)
      },
    }
    if (saved)
      yield { kind: 'resumed' } // the view shows the saved race before the kernels are compiled
    else {
      const before = await rounds.evaluate()
      const first = await rounds.train(1) // throws if a setting is invalid
      yield { kind: 'started', lanes, sizes, passage, charactersPerStep: batch * steps }
      yield before
      yield first
      budget.spend(1)
    }
    yield* inRounds<RaceEvent>(rounds, { gpu, budget, signal, iterations, schedule: new EvaluationSchedule() })
  } finally {
    for (const contestant of contestants) await contestant.destroy()
  }
}

export const race = roundRunner({ key: 'race', train: live, advance, pack, unpack })

export const raceHandlers = {
  /** Hidden units and parameters of each contestant, before a race. */
  async raceSizes({ lanes, budget, reading }: { lanes: readonly Lane[]; budget: number; reading: DataSpec }): Promise<Size[]> {
    return equalSizes(lanes, budget, reading)
  },
}
