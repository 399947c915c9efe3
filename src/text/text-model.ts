// A character model in ten lines: a network that reads and predicts the characters of a vocabulary.
import type { CellName } from '../cells'
import { checkIds, mostLayers } from '../check'
import { checkCount, checkOptions, show, SluiceError, type Known } from '../errors'
import { notFinite } from '../finite'
import { readModelFile, writeModelFile } from '../formats/model-file'
import type { Gpu } from '../gpu/device'
import { checkStrategyOption, type StrategyOption } from '../gpu/strategy'
import { checkLoadOptions, Network, type LoadOptions } from '../network'
import { opaque } from '../opaque'
import { adam, type Optimizer } from '../optimizer'
import { evaluationWindows } from './batches'
import { checkCorpus, type Corpus } from './corpus'
import type { Sample } from './samples'
import { evaluationPlans, type NotFinitePolicy } from '../schedule/training'
import { Session } from '../session'
import type { Partition } from './batch-cursor'
import type { Recover } from './recovery'
import { savedVocabulary } from './saved'
import { startTraining, type Training } from './training'
import { checkVocabulary, type Vocabulary } from './vocabulary'
import type { TextGenerator, GenerateOptions } from './generator'

export interface TextModelOptions {
  readonly vocabulary: Vocabulary
  /** Default 'gru'. */
  readonly cell?: CellName
  /** H, the hidden size of each layer. Default 128. */
  readonly hidden?: number
  /** Default 1. */
  readonly layers?: number
  /** Size of a learned embedding of the characters; one-hot unless given. */
  readonly embedding?: number
  /** Fraction dropped between layers in training. Default 0. */
  readonly dropout?: number
  /** Seed of the initial weights, default 0. */
  readonly seed?: number
  /** The GPU to live on; opened anew unless given. */
  readonly device?: Gpu
}

export interface TrainOptions {
  /** B, default 32. */
  readonly batch?: number
  /** T, default 35. */
  readonly steps?: number
  /** Default adam({ rate: 2e-3 }). */
  readonly optimizer?: Optimizer
  /** Largest global norm of the gradient, default 1; Infinity for none. */
  readonly clipNorm?: number
  /** Largest absolute value of an element of the gradient; none unless given, or for Infinity. */
  readonly clipValue?: number
  /** What becomes of a step whose loss or gradient is NaN or infinite: see `TrainerOptions`. Default 'stop'. */
  readonly notFinite?: NotFinitePolicy
  /** Times through the text, default 20. */
  readonly epochs?: number
  /** `sequential` (default): the state is carried from batch to batch. `random`: windows in random order, each from a
   * fresh state. Both as in Dive into Deep Learning. */
  readonly partition?: Partition
  /** Seed of where the text is cut and of the dropout, default 0. */
  readonly seed?: number
  /** Whether to keep the gates of a segment of the steps only: see `TrainerOptions`. May change on `resume`, and the rest then
   * goes on the same to rounding. Default false. */
  readonly recompute?: boolean | number
  /** A file from `save` of an earlier training, to go on from: model and training become as they were there. What else is
   * given must be the same as it was, but for rate, clipping and epochs. */
  readonly resume?: Uint8Array | ArrayBuffer
  /** Whether the training goes on by itself, to the same bits, when the GPU is lost: on a device opened as the model's was, or on
   * the one that this function gives, which is needed where the model lives on an adopted device. Its state is copied to the CPU
   * every now and then; steps that were given already are trained again in silence. The third loss within a minute of training
   * ends it with `device-lost`, and its `save` still works then. Default false. */
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
  partition: true,
  seed: true,
  recompute: true,
  resume: true,
  recover: true,
} satisfies Known<TrainOptions>

export interface TextEvaluationOptions {
  /** B, rows that the text is cut into. Default 8. */
  readonly batch?: number
  /** T, steps of a run. Default 64. */
  readonly steps?: number
  /** How recurrences are dispatched; the device's choice unless given. */
  readonly strategy?: StrategyOption
}

export interface SampleOptions extends GenerateOptions {
  /** How many of the likeliest characters to tell. Default 5. */
  readonly alternatives?: number
}
const generateNames = { length: true, temperature: true, topK: true, seed: true, strategy: true } satisfies Known<GenerateOptions>
const sampleNames = { ...generateNames, alternatives: true } satisfies Known<SampleOptions>

export class TextModel {
  /** A writer not in use now; texts written at the same time have one each. */
  #idle: TextGenerator | null = null
  #destroyed = false

  private constructor(
    readonly network: Network,
    readonly vocabulary: Vocabulary,
  ) {
    opaque(this, TextModel)
  }

  get [Symbol.toStringTag](): string {
    return 'TextModel'
  }

  /** @throws SluiceError `bad-value` for a wrong option, `too-large`, and what `openDevice` throws. */
  static async create(options: TextModelOptions): Promise<TextModel> {
    const given = checkOptions('options', options, '{ vocabulary: corpus.vocabulary, hidden: 128 }', modelNames)
    const { vocabulary, cell = 'gru', hidden = 128, layers = 1, embedding, dropout, seed, device } = given
    checkVocabulary(vocabulary)
    checkCount('layers', layers, { max: mostLayers })
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

  /** The model of a file that `save` made, or `save` of a training.
   * @throws SluiceError `bad-file` for a file that is damaged, holds another kind of model or comes from a newer version;
   * `too-large`, and what `openDevice` throws. */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<TextModel> {
    const { device } = checkLoadOptions(options)
    const file = readModelFile(bytes)
    const vocabulary = savedVocabulary(file, 'TextModel', ({ size }) => ({ ids: size, classes: size }))
    return new TextModel(await Network.of(file, { device }), vocabulary)
  }

  /** The model as a file, for `TextModel.load` and any reader of safetensors: description, vocabulary and parameters, between
   * two steps of a training, if one is under way. Where the training stands is in what `train(…).save()` gives.
   * @throws SluiceError `not-finite` for parameters that are not, `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'TextModel', vocabulary: this.vocabulary, ...(await this.network.contents()) })
  }

  /** Trains, and yields after each step. Leave the loop to pause for good; the weights are kept, and `train` again goes
   * on with them: with a new memory of the optimizer, or with `resume` as if it had not stopped.
   * @throws SluiceError `bad-text` for a text too short, `bad-value`, `not-finite` where a step is not (see `notFinite`): the model then stands
   * before that step. */
  train(corpus: Corpus, options: TrainOptions = {}): Training {
    return startTraining(() => {
      const given = checkOptions('options', options, '{ batch: 32, steps: 35 }', trainNames)
      const {
        batch = 32,
        steps = 35,
        optimizer = adam({ rate: 2e-3 }),
        clipNorm = 1,
        clipValue,
        notFinite,
        epochs = 20,
        partition = 'sequential',
        seed = 0,
        recompute,
        resume,
        recover,
      } = given
      checkCorpus(corpus)
      this.vocabulary.expect(corpus.vocabulary)
      checkCount('epochs', epochs)
      if (partition !== 'sequential' && partition !== 'random')
        throw new SluiceError('bad-value', `partition is ${show(partition)}, expected 'sequential' or 'random'`)
      return {
        network: this.network,
        corpus,
        partition,
        epochs,
        seed,
        resume,
        recover,
        file: { model: 'TextModel', vocabulary: this.vocabulary },
        trainer: { batch, steps, optimizer, clipNorm, clipValue, notFinite, seed, recompute },
      }
    })
  }

  /** Perplexity on a text the model need not have seen, such as corpus.heldOut: exp of the mean loss over all its
   * characters but the first, with the state carried along. A text, or its ids.
   * @throws SluiceError `bad-text`, `unknown-character`, `bad-value`, `not-finite` for the loss, `disposed`. */
  async evaluate(text: string | Uint32Array, options: TextEvaluationOptions = {}): Promise<number> {
    const { batch = 8, steps = 64, strategy } = checkOptions('options', options, '{ batch: 8, steps: 64 }', { batch: true, steps: true, strategy: true })
    checkStrategyOption(strategy)
    const ids = typeof text === 'string' ? this.vocabulary.encode(text) : text
    const windows = evaluationWindows(ids, { batch, steps })
    checkIds(ids, this.vocabulary.size)
    const session = await Session.open(this.network, { steps, batch, train: false }, strategy, evaluationPlans)
    try {
      this.network.checkAlive()
      const { batch: sent, statistics } = session.unrolled
      const losses = Array.from(windows, async ({ ids, targets, fresh, counted }) => {
        sent.write({ ids, targets })
        const [arrival] = session.submit('evaluation', [fresh ? 'fresh' : 'carry', 'forward'], [{ ...statistics, size: 16 }])
        return new Float32Array(await arrival!)[0]! * counted
      })
      const total = (await Promise.all(losses)).reduce((a, b) => a + b, 0)
      if (!Number.isFinite(total)) throw await notFinite(this.network, `the loss on the text is ${total}`)
      return Math.exp(total / (ids.length - 1))
    } finally {
      session.destroy()
    }
  }

  /** The prefix and what the model writes after it, yielded as it comes, without the prefix.
   * @throws SluiceError `unknown-character` for a prefix the vocabulary does not cover, `bad-value`, `not-finite` where there is nothing
   * to draw from, `disposed`. */
  async *stream(prefix: string, options: GenerateOptions): AsyncGenerator<string, void, undefined> {
    const given = checkOptions('options', options, '{ length: 200, temperature: 0.8 }', generateNames)
    const ids = this.vocabulary.encode(prefix)
    const writer = await this.#generator(given.strategy)
    try {
      for await (const written of writer.generate(ids, given)) yield this.vocabulary.decode(written.ids)
    } finally {
      this.#keep(writer)
    }
  }

  /** Generates as `stream` does, and tells of every character the probabilities it was drawn from: those of the very weights that
   * drew it, whatever is trained meanwhile.
   * @throws as `stream`. */
  async *sample(prefix: string, options: SampleOptions): AsyncGenerator<Sample[], void, undefined> {
    const { alternatives = 5, ...given } = checkOptions('options', options, '{ length: 200, temperature: 0.8 }', sampleNames)
    const { temperature = 1, topK = 0 } = given
    const ids = this.vocabulary.encode(prefix)
    checkCount('alternatives', alternatives, { min: 0 })
    const writer = await this.#generator(given.strategy)
    const { samplesOf: drawsOf } = await import('./samples')
    try {
      for await (const written of writer.generate(ids, given, true))
        yield drawsOf(written.ids, written.logits!, writer.stride, this.vocabulary, { temperature, topK, alternatives })
    } finally {
      this.#keep(writer)
    }
  }

  /** What the model writes after the prefix, prefix included.
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
    idle?.destroy() // it was lost with its device, or goes another way
    const { TextGenerator } = await import('./generator') // a chunk of its own: who only trains downloads none of it
    return TextGenerator.create(this.network, strategy)
  }

  #keep(writer: TextGenerator): void {
    this.#idle?.destroy()
    this.#idle = writer
    if (this.#destroyed) writer.destroy() // in the middle of its text
  }

  /** Frees what is on the GPU, and closes the device if the model opened it. */
  destroy(): void {
    this.#destroyed = true
    this.#idle?.destroy()
    this.#idle = null
    this.network.destroy()
  }
}
