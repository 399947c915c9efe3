// One recurrent layer for callers with their own GPUDevice, GPUBuffers and command encoder. It encodes its forward and backward passes
// into the caller's encoder, between the caller's own passes, and submits nothing. Tensors are f32 and row-major. A dimension of a
// `shape` that is `padded` takes the next multiple of 4 in memory; the padding must be 0.
import type { CellName } from './cells'
import { checkLengths } from './check-batch'
import { checkSpec } from './check-spec'
import { checkCount, checkFlag, checkMap, checkOptions, readSafely, show, SluiceError, type Known } from './errors'
import { anyDevice } from './gpu/adopt'
import type { Gpu } from './gpu/device'
import { checkFinite } from './finite'
import { prepareAll } from './gpu/engine'
import type { Plan } from './gpu/plan'
import { checkStrategyOption, type StrategyName, type StrategyOption } from './gpu/strategy'
import { plain, readTensor, writeTensor, type Tensor } from './gpu/tensor'
import { guardMethods } from './proxy-guard'
import { Parameters, type ParameterValues } from './parameters'
import { statesOf } from './schedule/states'
import { unroll, Unrolled } from './schedule/unroll'
import { Session } from './session'
import { soundStrategies } from './quick-check'
import { readsForwards, recurrentLayers, type NetworkSpec } from './spec'
import { loadKernels } from './strategies'
import { chooseStrategy, type Measured } from './tune'

/** The options of a layer: its sizes, and buffers of yours that it uses. */
export interface RecurrentLayerOptions {
  readonly cell: CellName
  /** I, features of a step. */
  readonly input: number
  /** H, the hidden size of each direction. */
  readonly hidden: number
  /** LSTM only: P < H, the size that its state h is projected to. What is [.., H] of h, of the outputs and of their gradients is [.., P] then, and backward
   * leaves dL/dh of each step in `dy`. */
  readonly projection?: number
  readonly bidirectional?: boolean
  /** Whether the layer reads time backwards, and nothing else. Default false. */
  readonly backwards?: boolean
  readonly bias?: boolean
  readonly peepholes?: boolean
  /** T, steps. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  /** Whether `encodeBackward` can be called. Default false. */
  readonly train?: boolean
  /** Whether to store the gates of one segment only, and to compute the others again in backward: see `TrainerOptions`. Default false. */
  readonly recompute?: boolean | number
  /** How the recurrence is dispatched, as in `TrainerOptions`. Default: the device's choice. */
  readonly strategy?: StrategyOption
  /** Buffers of the caller, with the usages STORAGE, COPY_SRC and COPY_DST. The layer allocates the others. */
  readonly buffers?: {
    /** Inputs [T, B, I]. */
    readonly x?: GPUBuffer
    /** All parameters, at the offsets of `parameter(name)`; and their gradients, at the same offsets. */
    readonly parameters?: GPUBuffer
    readonly gradients?: GPUBuffer
    /** dL/d(outputs) [T, B, D, H], and dL/dx [T, B, I]. */
    readonly dy?: GPUBuffer
    readonly dx?: GPUBuffer
  }
}

const names = {
  cell: true,
  input: true,
  hidden: true,
  projection: true,
  bidirectional: true,
  backwards: true,
  bias: true,
  peepholes: true,
  steps: true,
  batch: true,
  train: true,
  recompute: true,
  strategy: true,
  buffers: true,
} satisfies Known<RecurrentLayerOptions>
const bufferNames = { x: true, parameters: true, gradients: true, dy: true, dx: true } satisfies Known<NonNullable<RecurrentLayerOptions['buffers']>>

/** How a forward pass is encoded. */
export interface ForwardOptions {
  /** The state starts at `zero` (default), is `carried` over from the run before, or is `given`: what the caller has written into the
   * initial slots of `state`. */
  readonly initial?: 'zero' | 'carried' | 'given'
}

/** How a backward pass is encoded. */
export interface BackwardOptions {
  /** The gradient of the final state is `zero` (default), or `given`: what the caller has written into `stateGradient`. */
  readonly finalGradient?: 'zero' | 'given'
}

/** The last two only with `train`. */
type LayerProgram = 'fresh' | 'carry' | 'forward' | 'clear' | 'backward'

/** One recurrent layer on a device of yours. It encodes its passes into your command encoder, between your own. */
export class RecurrentLayer {
  #destroyed = false

  private constructor(
    readonly gpu: Gpu,
    private readonly session: Session<LayerProgram>,
  ) {
    guardMethods(this, RecurrentLayer)
  }

  get [Symbol.toStringTag](): string {
    return 'RecurrentLayer'
  }

  /** @throws SluiceError `bad-value`, `bad-shape` for a buffer of the wrong size, `gpu-error` for a buffer that was destroyed or is of
   * another device, `too-large`, `wrong-results` with `train` if the device computes wrong numbers. */
  static async create(device: GPUDevice | Gpu, options: RecurrentLayerOptions): Promise<RecurrentLayer> {
    const example = "{ cell: 'gru', input: 3, hidden: 128, steps: 50, batch: 32 }"
    const {
      input,
      steps,
      batch,
      train = false,
      recompute,
      strategy,
      buffers: uncheckedBuffers = {},
      ...layer
    } = checkOptions('options', options, example, names)
    checkCount('input', input)
    checkFlag('train', train)
    checkStrategyOption(strategy)
    const spec: NetworkSpec = checkSpec({ input: { features: input }, layers: [layer] })
    const buffers = checkOptions('buffers', uncheckedBuffers, '{ x: buffer }', bufferNames)
    for (const [name, buffer] of Object.entries(buffers)) if (buffer !== undefined) checkBuffer(name, buffer)
    if (!train)
      for (const name of ['dy', 'dx'] as const)
        if (buffers[name])
          throw new SluiceError(
            'bad-value',
            `buffers.${name} is for a gradient, but there is none without train: true. Leave the buffer out, or set train: true`,
          )
    checkCount('steps', steps)
    checkCount('batch', batch)
    checkDistinct(buffers)
    const gpu = anyDevice(device)
    const shape = { steps, batch, train, recompute, inputGradient: train, initialGradient: train }
    await loadKernels(gpu.tuning.strategy.name)
    const { unrolled } = await unroll(gpu, 'the layer', (on) => {
      const parameters = new Parameters(on, spec, { values: buffers.parameters, gradients: buffers.gradients })
      return { unrolled: new Unrolled(on, parameters, shape, buffers) }
    })
    try {
      await checkBuffers(gpu, buffers)
      const choice = await chooseStrategy(measured(gpu, spec), shape, strategy, train ? (names) => soundStrategies(gpu, spec, names) : undefined)
      const programs = await choice.prepare((strategy) => prepareAll(gpu, layerPlans(unrolled, strategy)))
      return new RecurrentLayer(gpu, new Session(gpu, unrolled, programs))
    } catch (error) {
      unrolled.destroy()
      unrolled.parameters.destroy()
      throw error
    }
  }

  /** Inputs [T, B, I]. */
  get x(): Tensor {
    return this.session.unrolled.x!
  }

  /** Outputs [T, B, D, H]: a view of `state('h')`. */
  get outputs(): Tensor {
    const { memory, T, B, D, P4 } = this.session.unrolled.layers[0]!
    const slot = B * D * P4 * 16
    return { ...memory.h, offset: memory.h.offset + slot, size: T * slot, shape: [plain(T), ...memory.h.shape.slice(1)] }
  }

  /** States [T+2, B, D, H]: slot 0 is the initial state of a direction that reads forwards, slot t + 1 the state after step t, slot T + 1 the
   * initial state of a direction that reads backwards. */
  state(name: 'h' | 'c'): Tensor | null {
    checkState(name)
    const { memory } = this.session.unrolled.layers[0]!
    return name === 'h' ? memory.h : memory.c
  }

  /** dL/d(outputs) [T, B, D, H], to be written before backward; null without `train`. */
  get dy(): Tensor | null {
    return this.session.unrolled.layers[0]!.memory.dy
  }

  /** dL/dx [T, B, I] after backward; null without `train`. */
  get dx(): Tensor | null {
    return this.session.unrolled.dx
  }

  /** dL/d(final state) [B, D, H] before backward, dL/d(initial state) after it; null without `train`. */
  stateGradient(name: 'h' | 'c'): Tensor | null {
    checkState(name)
    const { memory } = this.session.unrolled.layers[0]!
    return name === 'h' ? memory.dh : memory.dc
  }

  /** The tensors of a parameter and its gradient, by the names `W`, `U`, `b`, `bn`, `p`, `R` of `parameterShapes`. */
  parameter(name: string): { value: Tensor; gradient: Tensor } {
    if (typeof name !== 'string') throw new SluiceError('bad-value', `the name of the parameter is ${show(name)}, expected a name such as 'W'`)
    const { parameters } = this.session.unrolled
    return { value: parameters.value(`layers.0.${name}`), gradient: parameters.gradient(`layers.0.${name}`) }
  }

  /** Writes parameters by the names of `parameter`, in their shapes without padding.
   * @throws SluiceError `bad-value` for an unknown name or a number that is not finite, `bad-shape`, `disposed`. */
  writeParameters(values: ParameterValues): void {
    this.#checkAlive()
    const entries = checkMap('parameters', values, 'from name to numbers')
    this.session.unrolled.parameters.write(new Map(entries.map(([name, v]) => [`layers.0.${name}`, v])))
  }

  /** Writes a tensor of the layer, in its shape without padding.
   * @throws SluiceError `bad-value` for a number that is not finite or a tensor of another layer, `bad-shape`, `disposed`. */
  write(to: Tensor, values: ArrayLike<number>): void {
    this.#checkAlive()
    this.#checkTensor(to)
    if (typeof values === 'object' && values) checkFinite(to.label, values) // writeTensor refuses other types
    writeTensor(this.gpu, to, values)
  }

  /** Reads a tensor of the layer, in its shape without padding. Returns values that are not finite too.
   * @throws SluiceError `bad-value` for a tensor of another layer, `disposed`. */
  async read(from: Tensor): Promise<Float32Array<ArrayBuffer>> {
    this.#checkAlive()
    this.#checkTensor(from)
    return readTensor(this.gpu, from)
  }

  /** Sets the steps of each row, [B], zero allowed. Initially T for all. Values of `x` past the end of a row have no effect, but must be
   * finite.
   * @throws SluiceError `bad-shape`, `bad-value`. */
  setLengths(lengths: Uint32Array): void {
    this.#checkAlive()
    const { steps, batch } = this.session.unrolled.options
    checkLengths(lengths, steps, batch)
    this.session.unrolled.batch.write({ lengths })
  }

  /** Encodes the forward pass. If the encoder is finished already or of another device, WebGPU reports it later, as an uncaptured error of
   * the device.
   * @throws SluiceError `bad-value` for a wrong option, and for `carried` in a layer that is bidirectional or reads backwards. */
  encodeForward(encoder: GPUCommandEncoder, options: ForwardOptions = {}): void {
    this.#checkAlive()
    const { initial = 'zero' } = checkOptions('options', options, "{ initial: 'carried' }", { initial: true })
    checkEncoder(encoder)
    if (initial !== 'zero' && initial !== 'carried' && initial !== 'given')
      throw new SluiceError('bad-value', `initial is ${show(initial)}, expected 'zero', 'carried' or 'given'`)
    if (initial === 'carried' && !recurrentLayers(this.session.unrolled.spec).every(({ layer }) => readsForwards(layer)))
      throw new SluiceError(
        'bad-value',
        "initial is 'carried', but a bidirectional layer, or one that reads backwards, cannot carry its state from run to run: it reads each run from its end. Use 'zero' or 'given'",
      )
    this.session.encode(encoder, [...({ zero: ['fresh'], carried: ['carry'], given: [] } as const)[initial], 'forward'])
  }

  /** Encodes the backward pass: reads `dy`, fills `dx`, `stateGradient` and the gradients of all parameters.
   * @throws SluiceError `bad-value` for a wrong option, and without `train`; `disposed`. */
  encodeBackward(encoder: GPUCommandEncoder, options: BackwardOptions = {}): void {
    this.#checkAlive()
    const { finalGradient = 'zero' } = checkOptions('options', options, "{ finalGradient: 'given' }", { finalGradient: true })
    checkEncoder(encoder)
    if (!this.session.unrolled.options.train) throw new SluiceError('bad-value', 'this layer has no backward pass. Create it with train: true')
    if (finalGradient !== 'zero' && finalGradient !== 'given')
      throw new SluiceError('bad-value', `finalGradient is ${show(finalGradient)}, expected 'zero' or 'given'`)
    this.session.encode(encoder, finalGradient === 'zero' ? ['clear', 'backward'] : ['backward'])
  }

  /** @throws SluiceError `bad-value` for anything but a tensor of this layer. */
  #checkTensor(tensor: Tensor | null): void {
    const buffer = readSafely('the tensor', tensor, () => (typeof tensor?.label === 'string' && Array.isArray(tensor.shape) ? tensor.buffer : undefined))
    if (!tensor || !buffer)
      throw new SluiceError('bad-value', `the tensor is ${show(tensor)}, expected a tensor of the layer. dy, dx and stateGradient exist only with train: true`)
    const {
      x,
      dx,
      layers: [layer],
      parameters: { values, gradients },
    } = this.session.unrolled
    if ([x, dx, ...Object.values(layer!.memory), values, gradients].some((own) => own?.buffer === buffer)) return
    throw new SluiceError(
      'bad-value',
      `the tensor ${tensor.label.slice(0, 60)} belongs to another layer, expected a tensor of this layer, such as its x or outputs`,
    )
  }

  #checkAlive(): void {
    if (this.#destroyed) throw new SluiceError('disposed', 'this layer was destroyed. Create a new one.')
    this.gpu.checkAlive()
  }

  /** Frees what the layer allocated. The caller's buffers stay. */
  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
    this.session.unrolled.parameters.destroy()
  }
}

/** @throws SluiceError `bad-value` for anything but 'h' and 'c'. */
function checkState(name: unknown): void {
  if (name !== 'h' && name !== 'c') throw new SluiceError('bad-value', `the state is ${show(name)}, expected 'h' or 'c'`)
}

/** @throws SluiceError `bad-value` for anything but an encoder. */
function checkEncoder(encoder: GPUCommandEncoder): void {
  const isEncoder = readSafely(
    'the encoder',
    encoder,
    () => typeof encoder?.beginComputePass === 'function' && typeof encoder.copyBufferToBuffer === 'function',
  )
  if (!isEncoder)
    throw new SluiceError('bad-value', `the encoder is ${show(encoder)}, expected a GPUCommandEncoder, the result of device.createCommandEncoder()`)
}

/** @throws SluiceError `bad-value` for anything but a buffer. */
function checkBuffer(name: string, buffer: GPUBuffer): void {
  const isBuffer = readSafely(`buffers.${name}`, buffer, () => typeof buffer?.size === 'number' && typeof buffer.usage === 'number')
  if (!isBuffer) throw new SluiceError('bad-value', `buffers.${name} is ${show(buffer)}, expected a GPUBuffer`)
}

type Buffers = NonNullable<RecurrentLayerOptions['buffers']>

const namesOf = (buffers: Buffers) => (Object.keys(buffers) as (keyof Buffers)[]).filter((name) => buffers[name] !== undefined)

/** @throws SluiceError `bad-value` for the same buffer under two names: one tensor would overwrite the other. */
function checkDistinct(buffers: Buffers): void {
  const names = namesOf(buffers)
  for (const [i, name] of names.entries()) {
    const twice = names.slice(0, i).find((other) => buffers[other] === buffers[name])
    if (twice) throw new SluiceError('bad-value', `buffers.${twice} and buffers.${name} are the same buffer, expected two buffers`)
  }
}

/** Uses each of the caller's buffers once, so that errors of WebGPU appear now and not when the layer runs.
 * @throws SluiceError `gpu-error` for a buffer that was destroyed or is of another device. */
async function checkBuffers(gpu: Gpu, buffers: Buffers): Promise<void> {
  for (const name of namesOf(buffers))
    await gpu.checked(`buffers.${name} cannot be used on this device`, () => {
      const encoder = gpu.device.createCommandEncoder({ label: name })
      encoder.clearBuffer(buffers[name]!, 0, 0)
      gpu.device.queue.submit([encoder.finish()])
    })
}

/** The last two only with `train`. */
function layerPlans(unrolled: Unrolled, strategy: StrategyName | undefined): Record<LayerProgram, Plan> {
  return {
    fresh: unrolled.plan('fresh state', (plan) => unrolled.states.fresh(plan)),
    carry: unrolled.plan('carried state', (plan) => unrolled.states.carry(plan)),
    forward: unrolled.plan('layer forward', (plan) => unrolled.forward(plan), strategy),
    ...(unrolled.options.train && {
      clear: unrolled.plan('clear gradients', (plan) => statesOf(unrolled.layers[0]!).forEach(({ name, gradient }) => plan.clear(`d${name}`, gradient!))),
      backward: unrolled.plan('layer backward', (plan) => unrolled.backward(plan), strategy),
    }),
  } as Record<LayerProgram, Plan>
}

/** A layer alone, to measure strategies on: with parameters of its own, so that nothing is left in the caller's buffers. */
const measured = (gpu: Gpu, spec: NetworkSpec): Measured => ({
  gpu,
  spec,
  unroll: async (options) => {
    const { unrolled } = await unroll(gpu, 'measuring the layer', (on) => ({ unrolled: new Unrolled(on, new Parameters(on, spec), options) }))
    const { destroy } = unrolled
    return Object.assign(unrolled, { destroy: () => (destroy.call(unrolled), unrolled.parameters.destroy()) })
  },
})
