// Fill in the blank: a network guesses hidden characters of a text from the text on both sides. It reads the ids of the vocabulary and one
// more, the blank. Training hides random characters, and only those count.
import type { CellName } from '../cells'
import { checkIds } from '../check-batch'
import { maxLayers } from '../check-spec'
import { checkCount, checkNumber, checkOptions, show, SluiceError, type Known } from '../errors'
import { Evaluator } from '../evaluator'
import { firstNotFinite, notFiniteError } from '../finite'
import type { Gpu } from '../gpu/device'
import { checkStrategyOption, type StrategyOption } from '../gpu/strategy'
import { readModelFile, writeModelFile } from '../formats/model-file'
import { checkLoadOptions, Network, type LoadOptions } from '../network'
import { guardMethods } from '../proxy-guard'
import { adam, type Optimizer } from '../optimizer'
import type { RunOptions } from '../run'
import { uniform } from '../random'
import type { NotFinitePolicy } from '../schedule/training'
import { ignored } from '../spec'
import { checkIdArray } from './batches'
import { checkCorpus, type Corpus } from './corpus'
import { probabilities, type Guess } from './samples'
import type { Recover } from '../training/recovery'
import { clusterAt } from './graphemes'
import { textData, textProgress, type Training } from './progress'
import { savedVocabulary } from './saved'
import { mostEpochs } from '../training/job'
import { startTraining } from '../training/training'
import { checkText, checkVocabulary, type Vocabulary } from './vocabulary'

/** The vocabulary and the sizes of a new model. */
export interface BlankModelOptions {
  readonly vocabulary: Vocabulary
  /** Default 'lstm'. */
  readonly cell?: CellName
  /** H, the hidden size of each direction. Default 64. */
  readonly hidden?: number
  /** Default 1. */
  readonly layers?: number
  /** Whether the network reads the text on both sides (default), or only the text before a blank. */
  readonly bidirectional?: boolean
  /** Fraction of the outputs between layers that training drops. Default 0. */
  readonly dropout?: number
  /** Seed of the initial weights. Default 0. */
  readonly seed?: number
  /** The GPU. Default: opens one. */
  readonly device?: Gpu
}

/** The options of a training. */
export interface BlankTrainOptions {
  /** B, rows of a batch. Default 32. */
  readonly batch?: number
  /** T, characters of a row. Default 35. */
  readonly steps?: number
  /** Default adam({ rate: 5e-3 }). */
  readonly optimizer?: Optimizer
  /** Largest global norm of the gradient. Default 1. Infinity: no limit. */
  readonly clipNorm?: number
  /** What happens to a step whose loss or gradient is NaN or infinite: see `TrainerOptions`. Default 'stop'. */
  readonly notFinite?: NotFinitePolicy
  /** Passes through the text. Default 20, or no limit if `iterations` is set. */
  readonly epochs?: number
  /** Training steps in all, those before a `resume` included. Not one more is computed, where a loop that is left early has a few queued
   * that change the model too. Default: no limit but the epochs. */
  readonly iterations?: number
  /** Fraction of the characters to hide: different ones in each batch, at least one. Default 0.15. */
  readonly blanks?: number
  /** Seed of the batches, of the hidden characters and of dropout. Default 0. */
  readonly seed?: number
  /** Whether to store the gates of one segment only: see `TrainerOptions`. May differ on `resume`; then results are the same to rounding.
   * Default false. */
  readonly recompute?: boolean | number
  /** A file from `save` of an earlier training, to continue it: sets model and training to their state in the file. The other options must
   * be the same; only rate, clipping, epochs and iterations may differ. */
  readonly resume?: Uint8Array | ArrayBuffer
  /** Whether the training continues by itself when the GPU is lost, with the same bits. `true`: on a device opened with the same options. A
   * function: on the device that it returns; a model on an adopted device needs one. The state is copied to the CPU repeatedly; steps that
   * were yielded already are trained again and not yielded twice. The third loss within a minute of training ends it with `device-lost`;
   * its `save` still works. Default false. */
  readonly recover?: Recover
}

const modelNames = {
  vocabulary: true,
  cell: true,
  hidden: true,
  layers: true,
  bidirectional: true,
  dropout: true,
  seed: true,
  device: true,
} satisfies Known<BlankModelOptions>
const trainNames = {
  batch: true,
  steps: true,
  optimizer: true,
  clipNorm: true,
  notFinite: true,
  epochs: true,
  iterations: true,
  blanks: true,
  seed: true,
  recompute: true,
  resume: true,
  recover: true,
} satisfies Known<BlankTrainOptions>

/** How blanks are marked, and how many guesses each gets. */
export interface GuessOptions {
  /** The character that marks a hidden one. Default '_'. */
  readonly blank?: string
  /** Number of most likely characters to return. Default 5. */
  readonly top?: number
}

/** What to hide of a text, and how to read it. */
export interface BlankEvaluationOptions {
  /** Fraction of the characters to hide. Default 0.15. */
  readonly blanks?: number
  /** Seed of the hidden characters. Default 0. */
  readonly seed?: number
  /** T, steps of a run. Default 35. */
  readonly steps?: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default: the device's choice. */
  readonly strategy?: StrategyOption
}
const evaluationNames = { blanks: true, seed: true, steps: true, strategy: true } satisfies Known<BlankEvaluationOptions>

/** A blank and its guesses. */
export interface Blank {
  /** Index in the text, in symbols of the vocabulary (code points or grapheme clusters), from 0. */
  readonly position: number
  /** The most likely characters, in order of probability. */
  readonly guesses: readonly Guess[]
}

/** How well hidden characters were guessed. */
export interface Evaluation {
  /** Fraction of the hidden characters guessed right at the first attempt. */
  readonly accuracy: number
  /** exp(mean loss) over the hidden characters. */
  readonly perplexity: number
  /** Number of hidden characters. */
  readonly hidden: number
}

/** Random stream of the hidden characters. The batches have another one. */
const blankStream = 2

/** A character model that guesses hidden characters from both sides. */
export class BlankModel {
  private constructor(
    readonly network: Network,
    readonly vocabulary: Vocabulary,
  ) {
    guardMethods(this, BlankModel)
  }

  get [Symbol.toStringTag](): string {
    return 'BlankModel'
  }

  /** @throws SluiceError `bad-value` for a wrong option, `too-large`, and the errors of `openDevice`. */
  static async create(options: BlankModelOptions): Promise<BlankModel> {
    const checked = checkOptions('options', options, '{ vocabulary: corpus.vocabulary, hidden: 64 }', modelNames)
    const { vocabulary, cell = 'lstm', hidden = 64, layers = 1, bidirectional = true, dropout, seed, device } = checked
    checkVocabulary(vocabulary)
    checkCount('layers', layers, { max: maxLayers })
    const network = await Network.create({
      input: { ids: vocabulary.size + 1 },
      layers: Array.from({ length: layers }, () => ({ cell, hidden, bidirectional })),
      head: { classes: vocabulary.size },
      ...(dropout !== undefined && { dropout }),
      ...(seed !== undefined && { seed }),
      ...(device !== undefined && { device }),
    })
    return new BlankModel(network, vocabulary)
  }

  /** The id that stands for a hidden character. */
  get #blank(): number {
    return this.vocabulary.size
  }

  /** Hides each character of `ids` whose random number is below the fraction, and always the one with the smallest number, so that at
   * least one is hidden. */
  #hide(ids: Uint32Array, blanks: number, seed: number, counter: number): { ids: Uint32Array; targets: Uint32Array } {
    const read = ids.slice()
    const targets = new Uint32Array(ids.length).fill(ignored)
    const draws = Float64Array.from(ids, (_, i) => uniform(seed, blankStream, (counter + i) >>> 0))
    const least = draws.reduce((a, b) => Math.min(a, b), 1)
    ids.forEach((id, i) => {
      if (draws[i]! >= blanks && draws[i] !== least) return
      read[i] = this.#blank
      targets[i] = id
    })
    return { ids: read, targets }
  }

  /** Loads a model from a file of its `save`, or of `save` of its training.
   * @throws SluiceError `bad-file` for a file that is damaged, of another kind of model or of a newer version; `too-large`, and the errors
   * of `openDevice`. */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<BlankModel> {
    const { device } = checkLoadOptions(options)
    const file = readModelFile(bytes)
    const vocabulary = savedVocabulary(file, 'BlankModel', ({ size }) => ({ ids: size + 1, classes: size }))
    return new BlankModel(await Network.of(file, { device }), vocabulary)
  }

  /** The model as a file, for `BlankModel.load` and any reader of safetensors.
   * @throws SluiceError `not-finite` for parameters that are not finite, `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'BlankModel', vocabulary: this.vocabulary, ...(await this.network.contents()) })
  }

  /** Trains on windows in random order, and yields after each step. Loss and perplexity are those of the hidden characters.
   * @throws SluiceError `bad-text` for a text that is too short, `bad-value`, `not-finite`. */
  train(corpus: Corpus, options: BlankTrainOptions = {}): Training {
    return startTraining(() => {
      const checked = checkOptions('options', options, '{ batch: 32, steps: 35 }', trainNames)
      const {
        batch = 32,
        steps = 35,
        optimizer = adam({ rate: 5e-3 }),
        clipNorm = 1,
        notFinite,
        iterations,
        epochs = iterations === undefined ? 20 : mostEpochs,
        blanks = 0.15,
        seed = 0,
        recompute,
        resume,
        recover,
      } = checked
      checkCorpus(corpus)
      this.vocabulary.expect(corpus.vocabulary)
      checkCount('epochs', epochs)
      if (iterations !== undefined) checkCount('iterations', iterations)
      checkBlanks(blanks)
      const { source, settings } = textData(corpus, { batch, steps, partition: 'random' })
      return {
        network: this.network,
        source,
        epochs,
        iterations,
        seed,
        resume,
        recover,
        file: { model: 'BlankModel', vocabulary: this.vocabulary },
        trainer: { batch, steps, optimizer, clipNorm, notFinite, seed, recompute },
        settings: { ...settings, blanks },
        prepare: ({ ids }, step) => this.#hide(ids!, blanks, seed, step * ids!.length),
      }
    }, textProgress)
  }

  /** Guesses the characters of a text that are marked by `blank` ('_'). Reads the whole text in one run.
   * @throws SluiceError `bad-text` for a text without a blank; `bad-value` for a marker that is in the vocabulary or is not one character;
   * `unknown-character`, `not-finite`. */
  async guess(text: string, options: GuessOptions = {}): Promise<{ blanks: Blank[]; text: string }> {
    const { blank = '_', top = 5 } = checkOptions('options', options, "{ blank: '_', top: 5 }", { blank: true, top: true })
    checkCount('top', top)
    checkText(text)
    if (typeof blank !== 'string' || !isOne(blank, this.vocabulary)) throw new SluiceError('bad-value', `blank is ${show(blank)}, expected one character`)
    if (this.vocabulary.has(blank))
      throw new SluiceError(
        'bad-value',
        `blank is ${show(blank)}, but that character is in the vocabulary of this model. Mark blanks by another one, such as { blank: '□' }.`,
      )
    const characters = this.vocabulary.split(text, blank)
    const positions = characters.flatMap((c, i) => (c === blank ? [i] : []))
    if (positions.length === 0)
      throw new SluiceError('bad-text', `the text has no ${JSON.stringify(blank)}, expected at least one: it marks the characters to guess`)
    const ids = this.vocabulary.encode(text, blank) // a blank is #blank
    const logits = await this.#logits({ steps: ids.length, batch: 1, ids })
    const V = this.vocabulary.size
    const blanks = positions.map((position) => {
      const order = softmax(logits.subarray(position * V, (position + 1) * V))
        .map((probability, id) => ({ character: this.vocabulary.characters[id]!, probability }))
        .sort((a, b) => b.probability - a.probability)
      return { position, guesses: order.slice(0, top) }
    })
    for (const { position, guesses } of blanks) characters[position] = guesses[0]!.character
    return { blanks, text: characters.join('') }
  }

  /** Hides characters of a text or of its ids, such as corpus.heldOut, and guesses them.
   * @throws SluiceError `bad-text`, `bad-value`, `unknown-character`, `not-finite`. */
  async evaluate(text: string | Uint32Array, options: BlankEvaluationOptions = {}): Promise<Evaluation> {
    const checked = checkOptions('options', options, '{ blanks: 0.15 }', evaluationNames)
    const { blanks = 0.15, seed = 0, steps: most = 35, strategy } = checked
    checkBlanks(blanks)
    checkCount('steps', most)
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    checkStrategyOption(strategy)
    const ids = typeof text === 'string' ? this.vocabulary.encode(text) : text
    checkIdArray(ids)
    checkIds(ids, this.vocabulary.size)
    if (ids.length === 0) throw new SluiceError('bad-text', 'the text to evaluate on is empty, expected at least one character')
    const steps = Math.min(most, ids.length) // no row is longer than the text
    const batch = Math.min(64, Math.ceil(ids.length / steps))
    const V = this.vocabulary.size
    const evaluator = await Evaluator.create(this.network, { steps, batch, logits: true, ...(strategy && { strategy }) })
    let [right, loss, hidden] = [0, 0, 0]
    try {
      for (let start = 0; start < ids.length; start += batch * steps) {
        const window = this.#hide(ids.subarray(start, start + batch * steps), blanks, seed, start)
        // Row b has the characters b·T … b·T + T − 1 of the window. A network reads time-major.
        const index = (n: number) => (n % batch) * steps + Math.floor(n / batch)
        const timeMajor = (values: Uint32Array, filler: number) => Uint32Array.from({ length: steps * batch }, (_, n) => values[index(n)] ?? filler)
        const lengths = Uint32Array.from({ length: batch }, (_, b) => Math.max(0, Math.min(steps, window.ids.length - b * steps)))
        const targets = timeMajor(window.targets, ignored)
        const { logits } = await evaluator.evaluate({ ids: timeMajor(window.ids, 0), targets, lengths })
        targets.forEach((target, n) => {
          if (target === ignored) return
          const chances = softmax(logits!.subarray(n * V, (n + 1) * V))
          hidden++
          loss -= Math.log(chances[target]!)
          right += Number(chances.indexOf(Math.max(...chances)) === target)
        })
      }
    } finally {
      evaluator.destroy()
    }
    return { accuracy: right / hidden, perplexity: Math.exp(loss / hidden), hidden }
  }

  /** Output of the head for a batch. @throws SluiceError `not-finite`. */
  async #logits(batch: RunOptions): Promise<Float32Array> {
    const { logits } = await this.network.run(batch)
    if (firstNotFinite(logits) >= 0) throw await notFiniteError(this.network, 'the probabilities of the characters are not finite')
    return logits
  }

  /** Frees what is on the GPU, and closes the device if the model opened it. */
  destroy(): void {
    this.network.destroy()
  }
}

function checkBlanks(blanks: number): void {
  checkNumber('blanks', blanks, { above: 0, max: 1 })
}

/** Whether a blank is one symbol: a character, or a grapheme cluster if the vocabulary has clusters. */
const isOne = (blank: string, { symbols }: Vocabulary) => blank !== '' && (symbols === 'graphemes' ? clusterAt(blank, 0) === blank : [...blank].length === 1)

const softmax = (logits: Float32Array): number[] => [...probabilities(logits, 1, 0)]
