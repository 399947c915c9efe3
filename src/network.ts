// A network: its layers, its parameters on the GPU, and single runs of it, forward or with gradients.
import { cellNames, cells } from './cells'
import { checkCount, show, SluiceError } from './errors'
import { openDevice, type Gpu } from './gpu/device'
import { prepare, type Program } from './gpu/engine'
import { Plan } from './gpu/plan'
import { readTensor, writeTensor, type Tensor } from './gpu/tensor'
import { initialise } from './initialise'
import { Parameters, type ParameterValues } from './parameters'
import { gradientNorm } from './schedule/update'
import { Unrolled, type UnrollOptions } from './schedule/unroll'
import { directions, type NetworkSpec } from './spec'

export interface NetworkOptions extends NetworkSpec {
  /** The GPU to live on; opened anew unless given. A network does not close a device that it was given. */
  readonly device?: Gpu
  /** Seed of the initial weights, default 0. */
  readonly seed?: number
}

/** States of one layer, each [B, D, H]. */
export interface LayerState {
  readonly h: ArrayLike<number>
  readonly c?: ArrayLike<number>
}

export interface RunOptions {
  /** T, steps, and B, rows. */
  readonly steps: number
  readonly batch: number
  /** Ids [T, B], for a network that reads ids. */
  readonly ids?: Uint32Array
  /** Vectors [T, B, I], for a network that reads features. */
  readonly features?: Float32Array
  /** Targets [T, B]; those of V or more are not counted. Needed for a loss. */
  readonly targets?: Uint32Array
  /** Steps of each row, [B]; default T for all. */
  readonly lengths?: Uint32Array
  /** Initial states by layer; zero unless given. */
  readonly initial?: readonly (LayerState | undefined)[]
  /** Whether to go backward as well. Default false. */
  readonly gradients?: boolean
}

type Values = Float32Array<ArrayBuffer>

export interface RunResult {
  /** [T, B, V]; zero past the end of a row. */
  readonly logits: Values
  /** Outputs of the last layer, [T, B, D, H]; zero past the end of a row. */
  readonly outputs: Values
  /** Final states by layer, [B, D, H]. */
  readonly final: readonly { h: Values; c?: Values }[]
  /** Mean cross-entropy over the counted targets, in nats; NaN without targets. */
  readonly loss: number
  /** Only with `gradients`. */
  readonly gradients?: {
    readonly parameters: ReadonlyMap<string, Values>
    /** Of the features, [T, B, I]; null for a network that reads ids. */
    readonly features: Values | null
    /** Of the initial states by layer, [B, D, H]. */
    readonly initial: readonly { h: Values; c?: Values }[]
    /** Global norm over all parameters. */
    readonly norm: number
  }
}

/** Refuses a description that makes no network, and says what is wrong with it. */
export function checkSpec(spec: NetworkSpec): void {
  const { input, layers, head } = spec
  if ('features' in input) checkCount('input.features', input.features)
  else {
    checkCount('input.ids', input.ids)
    if (input.embedding !== undefined) checkCount('input.embedding', input.embedding)
  }
  if (!Array.isArray(layers) || layers.length === 0)
    throw new SluiceError('bad-value', `layers is ${show(layers)}, expected a list of at least one layer such as { cell: 'gru', hidden: 128 }`)
  layers.forEach((layer, l) => {
    if (!Object.hasOwn(cells, layer.cell))
      throw new SluiceError('bad-value', `layers[${l}].cell is ${show(layer.cell)}, expected one of ${cellNames.join(', ')}`)
    checkCount(`layers[${l}].hidden`, layer.hidden)
  })
  checkCount('head.classes', head.classes)
}

export class Network {
  readonly spec: NetworkSpec
  #destroyed = false

  private constructor(
    readonly gpu: Gpu,
    private readonly ownsGpu: boolean,
    readonly parameters: Parameters,
  ) {
    this.spec = parameters.spec
  }

  /** Makes a network with random weights.
   * @throws SluiceError `bad-value` for a wrong description, `too-large` if the GPU cannot hold it, and what
   * `openDevice` throws. */
  static async create({ device, seed = 0, input, layers, head }: NetworkOptions): Promise<Network> {
    const spec: NetworkSpec = { input, layers, head }
    checkSpec(spec)
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    const gpu = device ?? (await openDevice())
    try {
      const parameters = await gpu.checked('the parameters', () => new Parameters(gpu, spec))
      parameters.write(initialise(spec, seed))
      return new Network(gpu, !device, parameters)
    } catch (error) {
      if (!device) gpu.destroy()
      throw error
    }
  }

  /** How many numbers are learned. */
  get parameterCount(): number {
    return this.parameters.count
  }

  /** Parameters by name, in the shapes of `parameterShapes`. */
  readParameters(): Promise<Map<string, Values>> {
    return this.parameters.read()
  }

  /** @throws SluiceError `bad-value` for a name, `bad-shape` for a size the network has not. */
  writeParameters(values: ParameterValues): void {
    this.parameters.write(values)
  }

  /** Allocates the network unrolled over steps and rows. @throws SluiceError `too-large`, `disposed`. */
  async unroll(options: UnrollOptions): Promise<Unrolled> {
    if (this.#destroyed) throw new SluiceError('disposed', 'this network was destroyed. Create a new one.')
    checkCount('steps', options.steps)
    checkCount('batch', options.batch)
    return this.gpu.checked(`${options.steps} steps of ${options.batch} rows`, () => new Unrolled(this.gpu, this.spec, this.parameters, options))
  }

  /** Makes a plan ready, which `build` appends to. */
  program(name: string, build: (plan: Plan) => void): Promise<Program> {
    const plan = new Plan(name, this.gpu.width)
    build(plan)
    return prepare(this.gpu, plan)
  }

  /** Runs one batch and brings everything back: for inspection and small jobs. `Trainer` is the fast way to train.
   * @throws SluiceError `bad-shape`, `bad-value`, `too-large`. */
  async run(options: RunOptions): Promise<RunResult> {
    const { steps, batch, ids, features, targets, lengths, initial, gradients = false } = options
    const unrolled = await this.unroll({ steps, batch, train: gradients, inputGradient: gradients, initialGradient: gradients })
    let program: Program | null = null
    try {
      checkBatch(this.spec, options)
      if (gradients && !targets) throw new SluiceError('bad-value', 'gradients need targets [T, B], and none came')
      unrolled.write({ inputs: ids, targets, lengths })
      if (features) writeTensor(this.gpu, unrolled.x!, features)
      initial?.forEach((state, l) => state && unrolled.writeInitial(l, state))
      program = await this.program('run', (plan) => {
        unrolled.forward(plan)
        if (targets) unrolled.loss(plan, false)
        unrolled.finish(plan, 0)
      })
      this.#submit(program)
      const values = await this.#results(unrolled, targets !== undefined, lengths)
      if (!gradients) return values
      program.destroy()
      program = await this.program('run backward', (plan) => {
        unrolled.loss(plan, true)
        unrolled.clearStateGradients(plan)
        unrolled.backward(plan)
        unrolled.finish(plan, gradientNorm(plan, unrolled))
      })
      this.#submit(program)
      const read = (t: Tensor | null) => (t ? readTensor(this.gpu, t) : null)
      const initialGradients = await Promise.all(
        unrolled.layers.map(async ({ memory }) => ({ h: (await read(memory.dh))!, ...(memory.dc && { c: (await read(memory.dc))! }) })),
      )
      return {
        ...values,
        gradients: {
          parameters: await this.parameters.readGradients(),
          features: 'features' in this.spec.input ? await read(unrolled.dx) : null,
          initial: initialGradients,
          norm: new Float32Array(await this.gpu.read(unrolled.statistics))[1]!,
        },
      }
    } finally {
      program?.destroy()
      unrolled.destroy()
    }
  }

  #submit(program: Program): void {
    const encoder = this.gpu.device.createCommandEncoder({ label: program.plan.name })
    program.encode(encoder)
    this.gpu.device.queue.submit([encoder.finish()])
  }

  async #results(unrolled: Unrolled, withLoss: boolean, lengths?: Uint32Array): Promise<RunResult> {
    const { steps: T, batch: B } = unrolled.options
    const states = await Promise.all(
      unrolled.layers.map(async ({ memory }) => ({
        h: await readTensor(this.gpu, memory.h),
        ...(memory.c && { c: await readTensor(this.gpu, memory.c) }),
      })),
    )
    const width = (l: number) => this.spec.layers[l]!.hidden
    const D = (l: number) => directions(this.spec.layers[l]!)
    // Direction 0 ends in slot T, direction 1 in slot 1.
    const finalOf = (l: number, all: Values): Values => {
      const [H, d2] = [width(l), D(l)]
      return Float32Array.from({ length: B * d2 * H }, (_, i) => {
        const d = Math.floor(i / H) % d2
        return all[(d === 0 ? T : 1) * B * d2 * H + i]!
      })
    }
    const last = states.length - 1
    const row = D(last) * width(last)
    const outputs = states[last]!.h.slice(B * row, (T + 1) * B * row)
    const logits = await readTensor(this.gpu, unrolled.logits)
    // The state is carried past the end of a row; what a row puts out there is zero.
    for (const [values, width] of [[outputs, row], [logits, this.spec.head.classes]] as const)
      for (let n = 0; n < T * B; n++) if (lengths && Math.floor(n / B) >= lengths[n % B]!) values.fill(0, n * width, (n + 1) * width)
    return {
      logits,
      outputs,
      final: states.map(({ h, c }, l) => ({ h: finalOf(l, h), ...(c && { c: finalOf(l, c) }) })),
      loss: withLoss ? new Float32Array(await this.gpu.read(unrolled.statistics))[0]! : NaN,
    }
  }

  /** Frees what is on the GPU, and closes the device if the network opened it. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.parameters.destroy()
    if (this.ownsGpu) this.gpu.destroy()
  }
}

/** What a batch must be to fit the network. */
export interface BatchArrays {
  readonly steps: number
  readonly batch: number
  readonly ids?: Uint32Array
  readonly features?: Float32Array
  readonly targets?: Uint32Array
  readonly lengths?: Uint32Array
}

/** @throws SluiceError `bad-shape` or `bad-value`, saying what came and what was expected. */
export function checkBatch({ input }: NetworkSpec, { steps: T, batch: B, ids, features, targets, lengths }: BatchArrays): void {
  const expect = (name: string, array: { length: number } | undefined, type: string, shape: string, length: number) => {
    if (array === undefined) throw new SluiceError('bad-value', `${name} is missing, expected a ${type} [${shape}]`)
    if (array.constructor.name !== type) throw new SluiceError('bad-value', `${name} is ${show(array)}, expected a ${type} [${shape}]`)
    if (array.length !== length) throw new SluiceError('bad-shape', `${name} has ${array.length} numbers, expected ${length}: [${shape}]`)
  }
  if ('ids' in input) {
    expect('ids', ids, 'Uint32Array', `steps ${T}, batch ${B}`, T * B)
    const wrong = ids!.findIndex((id) => id >= input.ids)
    if (wrong >= 0) throw new SluiceError('bad-value', `ids[${wrong}] is ${ids![wrong]}, expected less than ${input.ids}, the number of ids the network reads`)
  } else expect('features', features, 'Float32Array', `steps ${T}, batch ${B}, features ${input.features}`, T * B * input.features)
  if (targets) expect('targets', targets, 'Uint32Array', `steps ${T}, batch ${B}`, T * B)
  if (lengths) {
    expect('lengths', lengths, 'Uint32Array', `batch ${B}`, B)
    const wrong = lengths.findIndex((length) => length > T)
    if (wrong >= 0) throw new SluiceError('bad-value', `lengths[${wrong}] is ${lengths[wrong]}, expected at most ${T}, the steps of the batch`)
  }
}
