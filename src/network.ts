// A network: its layers, its parameters on the GPU, and single runs of it, forward or with gradients.
import { checkDropout, checkSpec, specNames } from './check'
import { checkCount, checkMap, checkOptions, SluiceError, type Known } from './errors'
import { checkDevice } from './gpu/adopt'
import type { Gpu } from './gpu/device'
import { prepareAll, type Program } from './gpu/engine'
import { checkRoom } from './gpu/dry-run'
import type { Plan } from './gpu/plan'
import { readModelFile, writeModelFile, type ModelFile } from './formats/model-file'
import { checkInitialise, initialise, type InitialOptions } from './initialise'
import { Parameters, type ParameterValues } from './parameters'
import { checkOwn, opaque } from './opaque'
import type { RunOptions, RunResult } from './run'
import { unroll, Unrolled, type UnrollOptions } from './schedule/unroll'
import { completeSpec, type NetworkSpec } from './spec'
import { loadKernels, openDevice } from './strategies'

export interface NetworkOptions extends NetworkSpec {
  /** The GPU to live on; opened anew unless given. A network does not close a device that it was given. */
  readonly device?: Gpu
  /** Seed of the initial weights, default 0. */
  readonly seed?: number
  /** How the initial weights are drawn. */
  readonly initialise?: InitialOptions
}

export interface LoadOptions {
  /** The GPU to live on; opened anew unless given. */
  readonly device?: Gpu
}

/** A function, as a bundler does not drop a spread that nobody uses. */
const networkNames = () => ({ ...specNames, device: true, seed: true, initialise: true }) satisfies Known<NetworkOptions>

/** @throws SluiceError `bad-value`. */
export const checkLoadOptions = (options: LoadOptions): LoadOptions => checkOptions('options', options, '{ device }', { device: true })

export class Network {
  readonly spec: NetworkSpec
  #gpu: Gpu
  #ownsGpu: boolean
  #parameters: Parameters
  #destroyed = false

  private constructor(gpu: Gpu, ownsGpu: boolean, parameters: Parameters) {
    opaque(this, Network)
    this.spec = parameters.spec
    this.#gpu = gpu
    this.#ownsGpu = ownsGpu
    this.#parameters = parameters
  }

  /** The GPU that it lives on; another one after a training has recovered from the loss of the first. */
  get gpu(): Gpu {
    return this.#gpu
  }

  /** @internal */
  get parameters(): Parameters {
    return this.#parameters
  }

  /** Makes a network with random weights.
   * @throws SluiceError `bad-value` for a wrong description, `too-large` if the GPU cannot hold it, and what
   * `openDevice` throws. */
  static async create(options: NetworkOptions): Promise<Network> {
    const example = "{ input: { ids: 28 }, layers: [{ cell: 'gru', hidden: 128 }], head: { classes: 28 } }"
    const { device, seed = 0, initialise: given, ...description } = checkOptions('options', options, example, networkNames())
    const spec = checkSpec(description)
    checkDropout(spec)
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    const how = given === undefined ? undefined : checkInitialise(given)
    return Network.#allocate(spec, device, () => initialise(spec, seed, how))
  }

  /** The network of a file that `save` made, whichever model or trainer saved it.
   * @throws SluiceError `bad-file` for a file that is damaged, of another program or of a newer version; `too-large`, and
   * what `openDevice` throws. */
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

  /** Moves to another device, its own being lost, with these weights. What else was made on the lost one stays lost: trainers,
   * predictors, batches under way.
   * @internal
   * @throws SluiceError `disposed` if it was destroyed meanwhile; `too-large`, `device-lost`. */
  async moveTo(gpu: Gpu, values: ParameterValues, { owns }: { readonly owns: boolean }): Promise<void> {
    const parameters = await allocate(gpu, this.spec, () => values)
    if (this.#destroyed) parameters.destroy()
    this.checkNotDestroyed()
    this.#parameters.destroy()
    this.#parameters = parameters
    this.#gpu = gpu
    this.#ownsGpu = owns
  }

  /** Whether it closes its device when it is destroyed.
   * @internal */
  get ownsGpu(): boolean {
    return this.#ownsGpu
  }

  /** @internal */
  get isDestroyed(): boolean {
    return this.#destroyed
  }

  /** How many numbers are learned. */
  get parameterCount(): number {
    return this.parameters.count
  }

  /** Bytes of the parameters and their gradients on the GPU. */
  get bytes(): number {
    return this.parameters.bytes
  }

  /** Parameters by name, in the shapes of `parameterShapes`, as they are: also what is not finite, so that it can be looked at.
   * @throws SluiceError `disposed`, `device-lost`. */
  async readParameters(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    this.checkAlive()
    return this.parameters.read()
  }

  /** Sets parameters, each in the shape of `parameterShapes`; those not named keep their values.
   * @throws SluiceError `bad-value` for a name the network has not or a number that is not finite, `bad-shape` for a size; `disposed`,
   * `device-lost`. */
  writeParameters(values: ParameterValues): void {
    this.checkAlive()
    this.parameters.write(new Map(checkMap('parameters', values, 'from name to numbers, such as readParameters gives')))
  }

  /** The network as a file, for `Network.load` and any reader of safetensors: what it is, and its parameters between two
   * steps of a training, if one is under way. @throws SluiceError `not-finite` for parameters that are not, `device-lost`, `disposed`. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModelFile({ model: 'Network', ...(await this.contents()) })
  }

  /** What a file has of the network.
   * @internal
   * @throws SluiceError `device-lost`, `disposed`. */
  async contents(): Promise<Pick<ModelFile, 'spec' | 'parameters'>> {
    return { spec: this.spec, parameters: await this.readParameters() }
  }

  /** Refuses what was saved of another network.
   * @internal
   * @throws SluiceError `bad-value`. */
  expect(spec: NetworkSpec): void {
    const [came, expected] = [spec, this.spec].map((one) => JSON.stringify(completeSpec(one)))
    if (came !== expected)
      throw new SluiceError('bad-value', `the file is of the network ${came}, expected ${expected}. Load the model from the same file first.`)
  }

  /** Runs one batch and brings everything back as it is, to be looked at: also what has become NaN or infinite.
   * @throws SluiceError `bad-shape`, `bad-value`, `too-large`. */
  async run(options: RunOptions): Promise<RunResult> {
    const { run } = await import('./run') // a chunk of its own: who only trains downloads none of it
    return run(this, options)
  }

  /** Allocates the network unrolled over steps and rows; the kernels of the device are there then.
   * @internal
   * @throws SluiceError `too-large`, `disposed`. */
  async unroll(options: UnrollOptions): Promise<Unrolled> {
    this.checkAlive()
    await loadKernels(this.gpu.tuning.strategy.name)
    checkCount('steps', options.steps)
    checkCount('batch', options.batch)
    const make = (gpu: Gpu) => ({ unrolled: new Unrolled(gpu, this.parameters, options) })
    return (await unroll(this.gpu, `${options.steps} steps of ${options.batch} rows`, make)).unrolled
  }

  /** Makes plans of this network ready, side by side.
   * @internal
   * @throws SluiceError `disposed` if it was destroyed meanwhile, and what `prepareAll` throws. */
  async prepare<Plans extends Readonly<Record<string, Plan>>>(plans: Plans): Promise<{ [Name in keyof Plans]: Program }> {
    const { gpu } = this
    let programs: { [Name in keyof Plans]: Program } | undefined
    try {
      programs = await prepareAll(gpu, plans)
      this.checkAlive()
      gpu.checkAlive() // it may have been lost, and the network moved on
      return programs
    } catch (error) {
      for (const program of Object.values<Program>(programs ?? {})) program.destroy()
      this.checkAlive() // Firefox refuses to bind what was destroyed, others only to submit it
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

/** @throws SluiceError `bad-value` for what is no Network, such as the model around it. */
export function checkNetwork(network: unknown): asserts network is Network {
  checkOwn('network', network, Network, 'a Network; that of a TextModel or a BlankModel is its .network')
}
