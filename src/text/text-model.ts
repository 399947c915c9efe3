// A character model: a network that reads characters of a vocabulary and predicts the next one.
import type { CellName } from '../cells'
import { checkIds } from '../check-batch'
import { maxLayers } from '../check-spec'
import { checkCount, checkOptions, show, SluiceError, type Known } from '../errors'
import { Evaluator } from '../evaluator'
import { readModelFile, writeModelFile } from '../formats/model-file'
import type { Gpu } from '../gpu/device'
import { checkStrategyOption, type StrategyOption } from '../gpu/strategy'
import { checkLoadOptions, Network, type LoadOptions } from '../network'
import { guardMethods } from '../proxy-guard'
import { adam, type Optimizer } from '../optimizer'
import { evaluationWindows } from './batches'
import { checkCorpus, type Corpus } from './corpus'
import { samplesOf, type Sample } from './samples'
import type { NotFinitePolicy } from '../schedule/training'
import type { Recover } from '../training/recovery'
import { textData, textProgress, type Partition, type Training } from './progress'
import { savedVocabulary } from './saved'
import { mostEpochs } from '../training/job'
import { startTraining } from '../training/training'
import { checkVocabulary, type Vocabulary } from './vocabulary'
import type { TextGenerator, GenerateOptions } from './generator'

/** The vocabulary and the sizes of a new model. */
export interface TextModelOptions {
  readonly vocabulary: Vocabulary
  /** Default 'gru'. */
  readonly cell?: CellName
  /** H, the hidden size of each layer. Default 128. */
  readonly hidden?: number
  /** Default 1. */
  readonly layers?: number
  /** Size of a learned embedding of the characters. Default: one-hot. */
  readonly embedding?: number
  /** Fraction of the outputs between layers that training drops. Default 0. */
  readonly dropout?: number
  /** Seed of the initial weights. Default 0. */
  readonly seed?: number
  /** The GPU. Default: opens one. */
  readonly device?: Gpu
}

/** The options of a training. */
export interface TrainOptions {
  /** B, rows of a batch. Default 32. */
  readonly batch?: number
  /** T, characters of a row. Default 35. */
  readonly steps?: number
  /** Default adam({ rate: 2e-3 }). */
  readonly optimizer?: Optimizer
  /** Largest global norm of the gradient. Default 1. Infinity: no limit. */
  readonly clipNorm?: number
  /** Largest absolute value of a gradient element. Default: no limit; neither for Infinity. */
  readonly clipValue?: number
  /** What happens to a step whose loss or gradient is NaN or infinite: see `TrainerOptions`. Default 'stop'. */
  readonly notFinite?: NotFinitePolicy
  /** Passes through the text. Default 20, or no limit if `iterations` is set. */
  readonly epochs?: number
  /** Training steps in all, those before a `resume` included. Not one more is computed, where a loop that is left early has a few queued
   * that change the model too. Default: no limit but the epochs. */
  readonly iterations?: number
  /** `sequential` (default): the state is carried from batch to batch. `random`: windows in random order, each from a zero state. Both as
   * in Dive into Deep Learning. */
  readonly partition?: Partition
  /** Seed of the batches and of dropout. Default 0. */
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
  embedding: true,
  dropout: true,
  seed: true,
  device: true,
} satisfies Known<TextModelOptions>
const trainNames = {
  batch: true,
  steps: true,
  optimizer: true,
  clipNorm: true,
  clipValue: true,
  notFinite: true,
  epochs: true,
  iterations: true,
  partition: true,
  seed: true,
  recompute: true,
  resume: true,
  recover: true,
} satisfies Known<TrainOptions>

/** How a text is read to compute its perplexity. */
export interface TextEvaluationOptions {
  /** B, rows that the text is split into. Default 8. */
  readonly batch?: number
  /** T, steps of a run. Default 64. */
  readonly steps?: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default: the device's choice. */
  readonly strategy?: StrategyOption
}

/** How a text is generated, with its probabilities. */
export interface SampleOptions extends GenerateOptions {
  /** Number of most likely characters to return. Default 5. */
  readonly alternatives?: number
}
const generateNames = { length: true, temperature: true, topK: true, seed: true, strategy: true } satisfies Known<GenerateOptions>
const sampleNames = { ...generateNames, alternatives: true } satisfies Known<SampleOptions>

/** A character model: it reads characters of a vocabulary and predicts the next one. */
export class TextModel {
  /** A generator that is not in use. Texts that are generated at the same time use one each. */
  #idle: TextGenerator | null = null
  #destroyed = false

  private constructor(
    readonly network: Network,
    readonly vocabulary: Vocabulary,
  ) {
    guardMethods(this, TextModel)
  }

  get [Symbol.toStringTag](): string {
    return 'TextModel'
  }

  /** @throws SluiceError `bad-value` for a wrong option, `too-large`, and the errors of `openDevice`. */
  static async create(options: TextModelOptions): Promise<TextModel> {
    const checked = checkOptions('options', options, '{ vocabulary: corpus.vocabulary, hidden: 128 }', modelNames)
    const { vocabulary, cell = 'gru', hidden = 128, layers = 1, embedding, dropout, seed, device } = checked
    checkVocabulary(vocabulary)
    checkCount('layers', layers, { max: maxLayers })
    const V = vocabulary.size
    const network = await Network.create({
      input: { ids: V, ...(embedding !== undefined && { embedding }) },
      layers: Array.from({ length: layers }, () => ({ cell, hidden })),
      head: { classes: V },
      ...(dropout !== undefined && { dropout }),
      ...(seed !== undefined && { seed }),
      ...(device !== undefined && { device }),
    })
    return new TextModel(network, vocabulary)
  }

  /** Loads a model from a file of its `save`, or of `save` of its training.
   * @throws SluiceError `bad-file` for a file that is damaged, of another kind of model or of a newer version; `too-large`, and the errors
   * of `openDevice`. */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<TextModel> {
    const { device } = checkLoadOptions(options)
    const file = readModelFile(bytes)
    const vocabulary = savedVocabulary(file, 'TextModel', ({ size }) => ({ ids: size, classes: size }))
    return new TextModel(await Network.of(file, { device }), vocabulary)
  }

  /** The model as a file, for `TextModel.load` and any reader of safetensors: description, vocabulary and parameters. During a training
   * they are the parameters between two steps. `train(…).save()` also saves the state of the training.
   * @throws SluiceError `not-finite` for parameters that are not finite, `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'TextModel', vocabulary: this.vocabulary, ...(await this.network.contents()) })
  }

  /** Trains, and yields after each step. Leave the loop to stop. A second call of `train` starts with these weights and a new optimizer
   * state; with `resume` it continues as if it had not stopped.
   * @throws SluiceError `bad-text` for a text that is too short, `bad-value`, `not-finite` for a step that is not finite (see `notFinite`):
   * the model is then in the state before that step. */
  train(corpus: Corpus, options: TrainOptions = {}): Training {
    return startTraining(() => {
      const checked = checkOptions('options', options, '{ batch: 32, steps: 35 }', trainNames)
      const {
        batch = 32,
        steps = 35,
        optimizer = adam({ rate: 2e-3 }),
        clipNorm = 1,
        clipValue,
        notFinite,
        iterations,
        epochs = iterations === undefined ? 20 : mostEpochs,
        partition = 'sequential',
        seed = 0,
        recompute,
        resume,
        recover,
      } = checked
      checkCorpus(corpus)
      this.vocabulary.expect(corpus.vocabulary)
      checkCount('epochs', epochs)
      if (iterations !== undefined) checkCount('iterations', iterations)
      if (partition !== 'sequential' && partition !== 'random')
        throw new SluiceError('bad-value', `partition is ${show(partition)}, expected 'sequential' or 'random'`)
      return {
        network: this.network,
        ...textData(corpus, { batch, steps, partition }),
        epochs,
        iterations,
        seed,
        resume,
        recover,
        file: { model: 'TextModel', vocabulary: this.vocabulary },
        trainer: { batch, steps, optimizer, clipNorm, clipValue, notFinite, seed, recompute },
      }
    }, textProgress)
  }

  /** Perplexity on a text or its ids, such as corpus.heldOut: exp of the mean loss over all characters but the first, with the state
   * carried along.
   * @throws SluiceError `bad-text`, `unknown-character`, `bad-value`, `not-finite` for a loss that is not finite, `disposed`. */
  async evaluate(text: string | Uint32Array, options: TextEvaluationOptions = {}): Promise<number> {
    const { batch = 8, steps = 64, strategy } = checkOptions('options', options, '{ batch: 8, steps: 64 }', { batch: true, steps: true, strategy: true })
    checkStrategyOption(strategy)
    const ids = typeof text === 'string' ? this.vocabulary.encode(text) : text
    const windows = evaluationWindows(ids, { batch, steps })
    checkIds(ids, this.vocabulary.size)
    const evaluator = await Evaluator.create(this.network, { steps, batch, ...(strategy && { strategy }) })
    try {
      const losses = Array.from(windows, async ({ counted, ...window }) => (await evaluator.evaluate(window)).loss * counted)
      const total = (await Promise.all(losses)).reduce((a, b) => a + b, 0)
      return Math.exp(total / (ids.length - 1))
    } finally {
      evaluator.destroy()
    }
  }

  /** Generates text after the prefix, and yields it in pieces, without the prefix.
   * @throws SluiceError `unknown-character` for a character of the prefix that is not in the vocabulary, `bad-value`, `not-finite` for
   * logits that are not finite, `disposed`. */
  async *stream(prefix: string, options: GenerateOptions): AsyncGenerator<string, void, undefined> {
    const checked = checkOptions('options', options, '{ length: 200, temperature: 0.8 }', generateNames)
    const ids = this.vocabulary.encode(prefix)
    const generator = await this.#generator(checked.strategy)
    try {
      for await (const tokens of generator.generate(ids, checked)) yield this.vocabulary.decode(tokens.ids)
    } finally {
      this.#release(generator)
    }
  }

  /** Generates like `stream`, and returns the probabilities that each character was sampled from. They are exactly those of the sampling,
   * even if the model is trained at the same time.
   * @throws as `stream`. */
  async *sample(prefix: string, options: SampleOptions): AsyncGenerator<Sample[], void, undefined> {
    const { alternatives = 5, ...checked } = checkOptions('options', options, '{ length: 200, temperature: 0.8 }', sampleNames)
    const { temperature = 1, topK = 0 } = checked
    const ids = this.vocabulary.encode(prefix)
    checkCount('alternatives', alternatives, { min: 0 })
    const generator = await this.#generator(checked.strategy)
    try {
      for await (const tokens of generator.generate(ids, checked, true))
        yield samplesOf(tokens.ids, tokens.logits!, generator.stride, this.vocabulary, { temperature, topK, alternatives })
    } finally {
      this.#release(generator)
    }
  }

  /** The prefix, and the text that the model generates after it.
   * @throws as `stream`. */
  async generate(prefix: string, options: GenerateOptions): Promise<string> {
    let text = prefix
    for await (const piece of this.stream(prefix, options)) text += piece
    return text
  }

  async #generator(strategy: GenerateOptions['strategy']): Promise<TextGenerator> {
    this.network.checkAlive()
    checkStrategyOption(strategy)
    const idle = this.#idle
    this.#idle = null
    if (idle?.gpu === this.network.gpu && idle.strategy === strategy) return idle
    idle?.destroy() // it is of a lost device or of another strategy
    const { TextGenerator } = await import('./generator') // a separate chunk: an app that only trains does not download it
    return TextGenerator.create(this.network, strategy)
  }

  /** Keeps a generator for the next text. */
  #release(generator: TextGenerator): void {
    this.#idle?.destroy()
    this.#idle = generator
    if (this.#destroyed) generator.destroy() // the model was destroyed during the text
  }

  /** Frees what is on the GPU, and closes the device if the model opened it. */
  destroy(): void {
    this.#destroyed = true
    this.#idle?.destroy()
    this.#idle = null
    this.network.destroy()
  }
}
