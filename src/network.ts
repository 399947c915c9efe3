// A network: its description, its parameters on the GPU, and single runs of it, forward or with gradients.
import { checkDropout, checkSpec, specNames } from './check-spec'
import { checkCount, checkMap, checkOptions, SluiceError, type Known } from './errors'
import { checkDevice } from './gpu/adopt'
import type { Gpu } from './gpu/device'
import { prepareAll, type Program } from './gpu/engine'
import { checkRoom } from './gpu/dry-run'
import type { Plan } from './gpu/plan'
import { readModelFile, writeModelFile, type ModelFile } from './formats/model-file'
import { checkInitialise, initialise, type InitialOptions } from './initialise'
import { Parameters, type ParameterValues } from './parameters'
import { checkInstance, guardMethods } from './proxy-guard'
import type { RunOptions, RunResult } from './run'
import { unroll, Unrolled, type UnrollOptions } from './schedule/unroll'
import { completeSpec, type NetworkSpec } from './spec'
import { loadKernels, openDevice } from './strategies'

/** The description of a network, with its device and its initial weights. */
export interface NetworkOptions extends NetworkSpec {
  /** The GPU. Default: opens one. The network does not close a device that you pass. */
  readonly device?: Gpu
  /** Seed of the initial weights, default 0. */
  readonly seed?: number
  /** How the initial weights are drawn. Default: as in PyTorch. */
  readonly initialise?: InitialOptions
}

/** Where to load a file. */
export interface LoadOptions {
  /** The GPU. Default: opens one. */
  readonly device?: Gpu
}

/** A function, because bundlers keep an unused object with a spread. */
const networkNames = () => ({ ...specNames, device: true, seed: true, initialise: true }) satisfies Known<NetworkOptions>

/** @throws SluiceError `bad-value`. */
export const checkLoadOptions = (options: LoadOptions): LoadOptions => checkOptions('options', options, '{ device }', { device: true })

/** A network on the GPU: any stack of recurrent layers over ids or vectors, with a head for classes or numbers. */
export class Network {
  readonly spec: NetworkSpec
  #gpu: Gpu
  #ownsGpu: boolean
  #parameters: Parameters
  #destroyed = false

  private constructor(gpu: Gpu, ownsGpu: boolean, parameters: Parameters) {
    guardMethods(this, Network)
    this.spec = parameters.spec
    this.#gpu = gpu
    this.#ownsGpu = ownsGpu
    this.#parameters = parameters
  }

  /** The GPU of the network. After a training has recovered from a loss, it is another one. */
  get gpu(): Gpu {
    return this.#gpu
  }

  /** @internal */
  get parameters(): Parameters {
    return this.#parameters
  }

  /** Creates a network with random weights.
   * @throws SluiceError `bad-value` for a description that is not valid, `too-large` if the GPU cannot hold it, and the
   * errors of `openDevice`. */
  static async create(options: NetworkOptions): Promise<Network> {
    const example = "{ input: { ids: 28 }, layers: [{ cell: 'gru', hidden: 128 }], head: { classes: 28 } }"
    const { device, seed = 0, initialise: initial, ...description } = checkOptions('options', options, example, networkNames())
    const spec = checkSpec(description)
    checkDropout(spec)
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    const initialOptions = initial === undefined ? undefined : checkInitialise(initial)
    return Network.#allocate(spec, device, () => initialise(spec, seed, initialOptions))
  }

  /** Loads the network of a saved file, of any model or trainer.
   * @throws SluiceError `bad-file` for a file that is damaged, of another program or of a newer version; `too-large`, and the errors of
   * `openDevice`. */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<Network> {
    const { device } = checkLoadOptions(options)
    return Network.of(readModelFile(bytes), { device })
  }

  /** The network of a file that has been read.
   * @internal */
  static of({ spec, parameters }: Pick<ModelFile, 'spec' | 'parameters'>, { device }: { readonly device?: Gpu | undefined } = {}): Promise<Network> {
    return Network.#allocate(spec, device, () => parameters)
  }

  static async #allocate(spec: NetworkSpec, device: Gpu | undefined, values: () => ParameterValues): Promise<Network> {
    checkDevice(device)
    const gpu = device ?? (await openDevice())
    try {
      return new Network(gpu, !device, await allocate(gpu, spec, values))
    } catch (error) {
      if (!device) gpu.destroy()
      throw error
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Network'
  }

  /** Moves the network to another device after the loss of its own, with these weights. Trainers, predictors and batches of the lost
   * device stay lost.
   * @internal
   * @throws SluiceError `disposed` if the network was destroyed in the meantime; `too-large`, `device-lost`. */
  async moveTo(gpu: Gpu, values: ParameterValues, { owns }: { readonly owns: boolean }): Promise<void> {
    const parameters = await allocate(gpu, this.spec, () => values)
    if (this.#destroyed) parameters.destroy()
    this.checkNotDestroyed()
    this.#parameters.destroy()
    this.#parameters = parameters
    this.#gpu = gpu
    this.#ownsGpu = owns
  }

  /** Whether `destroy` closes the device as well.
   * @internal */
  get ownsGpu(): boolean {
    return this.#ownsGpu
  }

  /** @internal */
  get isDestroyed(): boolean {
    return this.#destroyed
  }

  /** Number of learned parameters. */
  get parameterCount(): number {
    return this.parameters.count
  }

  /** Bytes of the parameters and their gradients on the GPU. */
  get bytes(): number {
    return this.parameters.bytes
  }

  /** Parameters by name, in the shapes of `parameterShapes`. Returns values that are not finite too, for inspection.
   * @throws SluiceError `disposed`, `device-lost`. */
  async readParameters(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    this.checkAlive()
    return this.parameters.read()
  }

  /** Sets parameters, each in the shape of `parameterShapes`. Parameters that are not in the Map keep their values.
   * @throws SluiceError `bad-value` for an unknown name or a number that is not finite, `bad-shape` for a wrong size; `disposed`,
   * `device-lost`. */
  writeParameters(values: ParameterValues): void {
    this.checkAlive()
    this.parameters.write(new Map(checkMap('parameters', values, 'from name to numbers, such as the result of readParameters')))
  }

  /** The network as a file, for `Network.load` and any reader of safetensors: its description and its parameters. During a training they
   * are the parameters between two steps.
   * @throws SluiceError `not-finite` for parameters that are not finite, `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'Network', ...(await this.contents()) })
  }

  /** Description and parameters, for a file.
   * @internal
   * @throws SluiceError `device-lost`, `disposed`. */
  async contents(): Promise<Pick<ModelFile, 'spec' | 'parameters'>> {
    return { spec: this.spec, parameters: await this.readParameters() }
  }

  /** Refuses the description of another network.
   * @internal
   * @throws SluiceError `bad-value`. */
  expect(spec: NetworkSpec): void {
    const [came, expected] = [spec, this.spec].map((one) => JSON.stringify(completeSpec(one)))
    if (came !== expected)
      throw new SluiceError('bad-value', `the file has the network ${came}, but this network is ${expected}. Load the model from the same file first.`)
  }

  /** Runs one batch and returns everything, for inspection: values that are NaN or infinite too.
   * @throws SluiceError `bad-shape`, `bad-value`, `too-large`. */
  async run(options: RunOptions): Promise<RunResult> {
    const { run } = await import('./run') // a separate chunk: an app that only trains does not download it
    return run(this, options)
  }

  /** Allocates the network unrolled over steps and rows, and loads the kernels of the device.
   * @internal
   * @throws SluiceError `too-large`, `disposed`. */
  async unroll(options: UnrollOptions): Promise<Unrolled> {
    this.checkAlive()
    await loadKernels(this.gpu.tuning.strategy.name)
    checkCount('steps', options.steps)
    checkCount('batch', options.batch)
    const allocateOn = (gpu: Gpu) => ({ unrolled: new Unrolled(gpu, this.parameters, options) })
    return (await unroll(this.gpu, `${options.steps} steps of ${options.batch} rows`, allocateOn)).unrolled
  }

  /** Prepares plans of this network in parallel.
   * @internal
   * @throws SluiceError `disposed` if the network was destroyed in the meantime, and the errors of `prepareAll`. */
  async prepare<Plans extends Readonly<Record<string, Plan>>>(plans: Plans): Promise<{ [Name in keyof Plans]: Program }> {
    const { gpu } = this
    let programs: { [Name in keyof Plans]: Program } | undefined
    try {
      programs = await prepareAll(gpu, plans)
      this.checkAlive()
      gpu.checkAlive() // it may be lost, and the network may have moved to another one
      return programs
    } catch (error) {
      for (const program of Object.values<Program>(programs ?? {})) program.destroy()
      this.checkAlive() // Firefox refuses destroyed buffers in bind groups, other browsers only at submit
      throw error
    }
  }

  /** @internal
   * @throws SluiceError `disposed`, `device-lost`. */
  checkAlive(): void {
    this.checkNotDestroyed()
    this.gpu.checkAlive()
  }

  /** @internal
   * @throws SluiceError `disposed`. */
  checkNotDestroyed(): void {
    if (this.#destroyed) throw new SluiceError('disposed', 'this network was destroyed. Create a new one.')
  }

  /** Frees what is on the GPU, and closes the device if the network opened it. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.parameters.destroy()
    if (this.#ownsGpu) this.gpu.destroy()
  }
}

async function allocate(gpu: Gpu, spec: NetworkSpec, values: () => ParameterValues): Promise<Parameters> {
  checkRoom(gpu, 'the parameters', (dryRun) => new Parameters(dryRun, spec))
  const parameters = await gpu.checked('the parameters', () => new Parameters(gpu, spec))
  parameters.write(values())
  return parameters
}

/** @throws SluiceError `bad-value` for anything but a Network, such as the model around it. */
export function checkNetwork(network: unknown): asserts network is Network {
  checkInstance('network', network, Network, 'a Network. The network of a model, such as a TextModel, is its property network')
}
