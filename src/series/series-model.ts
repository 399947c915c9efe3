// A model of a time series: a network that reads rows of numbers, and says at every step the next row, or a normal distribution of it.
import type { CellName } from '../cells'
import { maxLayers } from '../check-spec'
import { checkCount, checkList, checkNumber, checkOptions, show, SluiceError, type Known } from '../errors'
import { readModelFile, writeModelFile } from '../formats/model-file'
import type { Gpu } from '../gpu/device'
import { checkStrategyOption, type StrategyOption } from '../gpu/strategy'
import { checkLoadOptions, Network, type LoadOptions } from '../network'
import { adam, type Optimizer } from '../optimizer'
import { guardMethods } from '../proxy-guard'
import type { NotFinitePolicy } from '../schedule/training'
import { mostEpochs, type Training } from '../training/job'
import { fingerprint } from '../training/loop-state'
import type { Recover } from '../training/recovery'
import { startTraining } from '../training/training'
import { evaluateForecasts, type SeriesEvaluation } from './evaluation'
import { forecastFrom, type Forecast } from './forecast'
import { maxWindow, outputsOf, savedSeries, type Outputs, type SavedSeries } from './saved'
import { checkScale, normalise, type Scale } from './scale'
import { checkSeries, checkValues, type Series, type SeriesValues } from './series'
import { gaussianStep, seriesProgress, type SeriesProgress } from './training'
import { windowSource } from './windows'

/** The scale, the sizes and the loss of a new model. */
export interface SeriesModelOptions {
  /** Mean and standard deviation of each variable: `series.scale`. They are saved with the model. */
  readonly scale: Scale
  /** T, rows that the model reads before it forecasts, and that a training row has. Default 64. */
  readonly window?: number
  /** 'squared-error' (default) and 'huber': the model says the next row. 'gaussian': it says a mean and a log-variance for each variable, by the
   * negative log-likelihood, and forecasts have bands. */
  readonly loss?: 'squared-error' | 'huber' | 'gaussian'
  /** Of the Huber loss, in standard deviations. Default 1. */
  readonly delta?: number
  /** Default 'gru'. */
  readonly cell?: CellName
  /** H, the hidden size of each layer. Default 64. */
  readonly hidden?: number
  /** Default 1. */
  readonly layers?: number
  /** Fraction of the outputs between layers that training drops. Default 0. */
  readonly dropout?: number
  /** Seed of the initial weights. Default 0. */
  readonly seed?: number
  /** The GPU. Default: opens one. */
  readonly device?: Gpu
}

/** The options of a training. */
export interface SeriesTrainOptions {
  /** B, windows of a batch. Default 32. */
  readonly batch?: number
  /** Default adam({ rate: 2e-3 }). */
  readonly optimizer?: Optimizer
  /** Largest global norm of the gradient. Default 1. Infinity: no limit. */
  readonly clipNorm?: number
  /** Largest absolute value of a gradient element. Default: no limit; neither for Infinity. */
  readonly clipValue?: number
  /** What happens to a step whose loss or gradient is NaN or infinite: see `TrainerOptions`. Default 'stop'. */
  readonly notFinite?: NotFinitePolicy
  /** Passes through all windows, one of which begins at every row. Default 10, or no limit if `iterations` is set. */
  readonly epochs?: number
  /** Training steps in all, those before a `resume` included. Not one more is computed, where a loop that is left early may have a few queued
   * that change the model too. Default: no limit but the epochs. */
  readonly iterations?: number
  /** Seed of the order of the windows and of dropout. Default 0. */
  readonly seed?: number
  /** Whether to store the gates of one segment only: see `TrainerOptions`. May differ on `resume`; then results are the same to rounding.
   * Default false. */
  readonly recompute?: boolean | number
  /** A file from `save` of an earlier training, to continue it: sets model and training to their state in the file. The other options must
   * be the same; only rate, clipping, epochs and iterations may differ. */
  readonly resume?: Uint8Array | ArrayBuffer
  /** Whether the training continues by itself when the GPU is lost, with the same bits: see `TrainOptions`. Default false. */
  readonly recover?: Recover
}

/** From where and how far to forecast, to know how wrong it is. */
export interface SeriesEvaluationOptions {
  /** h, rows of each forecast. Default 1. */
  readonly horizon?: number
  /** Rows from one origin to the next. Default 1. */
  readonly every?: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default 'auto'. */
  readonly strategy?: StrategyOption
}

/** How far to forecast, and with which bands. */
export interface ForecastOptions {
  /** h, rows to forecast. Default 1. */
  readonly horizon?: number
  /** S, paths to sample. Default 100; only of a model with the loss 'gaussian', as the two options below. */
  readonly samples?: number
  /** Fractions, from 0 to 1, whose quantiles of the paths are wanted. Default [0.1, 0.5, 0.9]. */
  readonly quantiles?: readonly number[]
  /** Seed of the paths. Default 0. */
  readonly seed?: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default 'auto'. */
  readonly strategy?: StrategyOption
}

const modelNames = {
  scale: true,
  window: true,
  loss: true,
  delta: true,
  cell: true,
  hidden: true,
  layers: true,
  dropout: true,
  seed: true,
  device: true,
} satisfies Known<SeriesModelOptions>
const trainNames = {
  batch: true,
  optimizer: true,
  clipNorm: true,
  clipValue: true,
  notFinite: true,
  epochs: true,
  iterations: true,
  seed: true,
  recompute: true,
  resume: true,
  recover: true,
} satisfies Known<SeriesTrainOptions>
const evaluationNames = { horizon: true, every: true, strategy: true } satisfies Known<SeriesEvaluationOptions>
const forecastNames = { horizon: true, samples: true, quantiles: true, seed: true, strategy: true } satisfies Known<ForecastOptions>

/** Most rows of a forecast, most paths, and most values of all paths together. */
const [maxHorizon, maxSamples, maxPathValues] = [2 ** 20, 2 ** 16, 2 ** 27]

/** A model of a time series: it reads rows of one or several variables, and says the next row, or a normal distribution of each variable. */
export class SeriesModel {
  readonly #outputs: Outputs

  private constructor(
    readonly network: Network,
    /** What the model normalises each variable by. */
    readonly scale: Scale,
    /** T, rows that the model reads before it forecasts. */
    readonly window: number,
    outputs: Outputs,
  ) {
    guardMethods(this, SeriesModel)
    this.#outputs = outputs
  }

  get [Symbol.toStringTag](): string {
    return 'SeriesModel'
  }

  /** @throws SluiceError `bad-value` for a wrong option, `bad-shape` for a scale whose lists differ in length, `too-large`, and the errors of
   * `openDevice`. */
  static async create(options: SeriesModelOptions): Promise<SeriesModel> {
    const checked = checkOptions('options', options, '{ scale: series.scale, window: 64, hidden: 64 }', modelNames)
    const { window = 64, loss = 'squared-error', delta, cell = 'gru', hidden = 64, layers = 1, dropout, seed, device } = checked
    const scale = checkScale(checked.scale)
    checkCount('window', window, { max: maxWindow })
    checkCount('layers', layers, { max: maxLayers })
    if (!['squared-error', 'huber', 'gaussian'].includes(loss))
      throw new SluiceError('bad-value', `loss is ${show(loss)}, expected 'squared-error', 'huber' or 'gaussian'`)
    if (delta !== undefined && loss !== 'huber')
      throw new SluiceError('bad-value', `delta is that of the Huber loss, but loss is ${show(loss)}. Leave it out, or set loss: 'huber'`)
    const K = scale.mean.length
    const outputs = loss === 'gaussian' ? 'gaussian' : 'values'
    const network = await Network.create({
      input: { features: K },
      layers: Array.from({ length: layers }, () => ({ cell, hidden })),
      head: { numbers: outputsOf(outputs, K), ...(loss === 'huber' && { loss, ...(delta !== undefined && { delta }) }) },
      ...(dropout !== undefined && { dropout }),
      ...(seed !== undefined && { seed }),
      ...(device !== undefined && { device }),
    })
    return new SeriesModel(network, scale, window, outputs)
  }

  /** Loads a model from a file of its `save`, or of `save` of its training.
   * @throws SluiceError `bad-file` for a file that is damaged, of another kind of model or of a newer version; `too-large`, and the errors
   * of `openDevice`. */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<SeriesModel> {
    const { device } = checkLoadOptions(options)
    const file = readModelFile(bytes)
    const { scale, window, outputs } = savedSeries(file)
    return new SeriesModel(await Network.of(file, { device }), scale, window, outputs)
  }

  get #file(): { readonly model: 'SeriesModel'; readonly series: SavedSeries } {
    return { model: 'SeriesModel', series: { outputs: this.#outputs, window: this.window, scale: this.scale } }
  }

  /** The model as a file, for `SeriesModel.load` and any reader of safetensors: description, scale and parameters.
   * @throws SluiceError `not-finite` for parameters that are not finite, `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ ...this.#file, ...(await this.network.contents()) })
  }

  /** Trains on windows of the training part in random order, each from a zero state, to say at every step the next row; yields after each step.
   * Leave the loop to stop. The loss is that of normalised values, its mean over all steps and variables. A second call of `train` starts with these
   * weights and a new optimizer state; with `resume` it continues as if it had not stopped.
   * @throws SluiceError `bad-shape` for a series that is too short or of other variables, `bad-value`, `not-finite` for a step that is not finite
   * (see `notFinite`): the model is then in the state before that step. */
  train(series: Series, options: SeriesTrainOptions = {}): Training<SeriesProgress> {
    return startTraining(() => {
      const checked = checkOptions('options', options, '{ batch: 32, epochs: 10 }', trainNames)
      const {
        batch = 32,
        optimizer = adam({ rate: 2e-3 }),
        clipNorm = 1,
        clipValue,
        notFinite,
        iterations,
        epochs = iterations === undefined ? 10 : mostEpochs,
        seed = 0,
        recompute,
        resume,
        recover,
      } = checked
      checkSeries(series)
      const K = this.#variables
      if (series.variables !== K)
        throw new SluiceError('bad-shape', `the series has ${series.variables} variables, expected ${K}, as many as the model. Create the model by its scale`)
      checkCount('batch', batch)
      checkCount('epochs', epochs)
      if (iterations !== undefined) checkCount('iterations', iterations)
      const values = normalise('series.training', series.training, this.scale)
      const outputs = this.#outputs
      return {
        network: this.network,
        source: windowSource(values, { batch, window: this.window, variables: K }),
        settings: { outputs, rows: values.length / K, series: fingerprint(new Uint32Array(values.buffer)) },
        epochs,
        iterations,
        seed,
        resume,
        recover,
        file: this.#file,
        trainer: { batch, steps: this.window, optimizer, clipNorm, clipValue, notFinite, seed, recompute },
        ...(outputs === 'gaussian' && { passes: (trainer, batch) => gaussianStep(trainer, batch, K) }),
      }
    }, seriesProgress)
  }

  get #variables(): number {
    return this.scale.mean.length
  }

  /** Checked values [N, K], also as the network reads them.
   * @throws SluiceError `bad-value`, `bad-shape` for fewer rows than a window and `after` more. */
  #read(unchecked: SeriesValues, after = 0): { values: Float64Array; normalised: Float32Array } {
    const values = checkValues('values', unchecked, this.#variables)
    const rows = values.length / this.#variables
    if (rows < this.window + after)
      throw new SluiceError(
        'bad-shape',
        `values has ${rows} rows, expected at least ${this.window + after}: the window of the model is ${this.window} rows${after > 0 ? `, and the horizon ${after}` : ''}`,
      )
    return { values, normalised: normalise('values', values, this.scale) }
  }

  /** Forecasts from many origins within values [N, K], such as series.heldOut, and compares: an origin is every row that has a window before it and
   * `horizon` rows from it on. Means are fed back, and are what the errors are of.
   * @throws SluiceError `bad-value`, `bad-shape` for values that do not make up rows or are too few, `too-large`, `not-finite`, `disposed`. */
  async evaluate(values: SeriesValues, options: SeriesEvaluationOptions = {}): Promise<SeriesEvaluation> {
    const { horizon = 1, every = 1, strategy } = checkOptions('options', options, '{ horizon: 24 }', evaluationNames)
    checkCount('horizon', horizon, { max: maxHorizon })
    checkCount('every', every)
    checkStrategyOption(strategy)
    const read = this.#read(values, horizon)
    const { network, scale, window } = this
    return evaluateForecasts(read.values, read.normalised, { network, scale, window, outputs: this.#outputs, horizon, every, strategy })
  }

  /** Forecasts the rows after values [N, K], of which it reads the last window. What is said of a row is fed back to say the next.
   *
   * Of a model with the loss 'gaussian' there are sampled paths too, and quantiles of them.
   * @throws SluiceError `bad-value`, also for paths of a model that says values alone; `bad-shape` for values that do not make up rows or are too few,
   * `too-large`, `not-finite`, `disposed`. */
  async forecast(values: SeriesValues, options: ForecastOptions = {}): Promise<Forecast> {
    const checked = checkOptions('options', options, '{ horizon: 24 }', forecastNames)
    const { horizon = 1, samples = 100, quantiles = [0.1, 0.5, 0.9], seed = 0, strategy } = checked
    checkCount('horizon', horizon, { max: maxHorizon })
    checkStrategyOption(strategy)
    const K = this.#variables
    const isGaussian = this.#outputs === 'gaussian'
    if (!isGaussian)
      for (const name of ['samples', 'quantiles', 'seed'] as const)
        if (checked[name] !== undefined)
          throw new SluiceError(
            'bad-value',
            `${name} is of sampled paths, but this model says values alone. Create it with loss: 'gaussian', or leave ${name} out`,
          )
    checkCount('samples', samples, { max: maxSamples })
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    const fractions = checkList('quantiles', quantiles, 'of fractions, such as [0.1, 0.9]', { max: 1000 })
    fractions.forEach((p, q) => checkNumber(`quantiles[${q}]`, p, { min: 0, max: 1 }))
    if (isGaussian && samples * horizon * K > maxPathValues)
      throw new SluiceError(
        'too-large',
        `${samples} paths of ${horizon} rows have ${samples * horizon * K} values, expected at most ${maxPathValues}. Lower samples or horizon`,
      )
    const { normalised } = this.#read(values)
    const { network, scale, window } = this
    const last = normalised.subarray(normalised.length - window * K)
    return forecastFrom(last, { network, scale, window, horizon, strategy }, isGaussian ? { samples, quantiles: fractions, seed } : null)
  }

  /** Frees what is on the GPU, and closes the device if the model opened it. */
  destroy(): void {
    this.network.destroy()
  }
}
