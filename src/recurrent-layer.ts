// The bare layer, for those who bring their own GPUDevice, GPUBuffers and command encoder: forward and backward of one
// recurrent layer are encoded where the caller wants them, between the caller's own passes. Nothing is submitted here.
// A tensor lies row-major in its buffer, in f32; a dimension of its `shape` that is `padded` takes the next multiple of 4
// in memory, the rest of which must be 0 where the caller writes and is 0 where the layer does.
import type { CellName } from './cells'
import { checkLengths, checkSpec } from './check'
import { checkCount, checkFlag, checkMap, checkOptions, reading, show, SluiceError, type Known } from './errors'
import { anyDevice } from './gpu/adopt'
import type { Gpu } from './gpu/device'
import { checkFinite } from './finite'
import { prepareAll } from './gpu/engine'
import type { Plan } from './gpu/plan'
import { checkStrategyOption, type StrategyName, type StrategyOption } from './gpu/strategy'
import { plain, readTensor, writeTensor, type Tensor } from './gpu/tensor'
import { opaque } from './opaque'
import { Parameters, type ParameterValues } from './parameters'
import { statesOf } from './schedule/states'
import { unroll, Unrolled } from './schedule/unroll'
import { Session } from './session'
import type { NetworkSpec } from './spec'
import { loadKernels } from './strategies'
import { chooseStrategy, type Measured } from './tune'

export interface RecurrentLayerOptions {
  readonly cell: CellName
  /** I, features of a step. */
  readonly input: number
  /** H, the hidden size of each direction. */
  readonly hidden: number
  readonly bidirectional?: boolean
  readonly bias?: boolean
  readonly peepholes?: boolean
  /** T, steps, and B, rows. */
  readonly steps: number
  readonly batch: number
  /** Whether backward will be encoded. Default false. */
  readonly train?: boolean
  /** Whether to keep the gates of a segment of the steps only, and to make them again on the way back: see `TrainerOptions`.
   * Default false. */
  readonly recompute?: boolean | number
  /** How recurrences are dispatched; the device's choice unless given. */
  readonly strategy?: StrategyOption
  /** Buffers of the caller's to use in place of own ones; in memory order, with the usages STORAGE, COPY_SRC
   * and COPY_DST. What is not given is allocated. */
  readonly buffers?: {
    /** Inputs [T, B, I]. */
    readonly x?: GPUBuffer
    /** All parameters, one after the other at the offsets of `parameter(name)`; and their gradients, in the same places. */
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
  bidirectional: true,
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

export interface ForwardOptions {
  /** The state begins at `zero` (default), goes on from the run before, or is what the caller has put into the initial slots of
   * `state`. */
  readonly initial?: 'zero' | 'carried' | 'given'
}

export interface BackwardOptions {
  /** The gradient of the final state is `zero` (default), or what the caller has put into `stateGradient`. */
  readonly finalGradient?: 'zero' | 'given'
}

/** The last two only with `train`. */
type LayerProgram = 'fresh' | 'carry' | 'forward' | 'clear' | 'backward'

export class RecurrentLayer {
  #destroyed = false

  private constructor(
    readonly gpu: Gpu,
    private readonly session: Session<LayerProgram>,
  ) {
    opaque(this, RecurrentLayer)
  }

  get [Symbol.toStringTag](): string {
    return 'RecurrentLayer'
  }

  /** @throws SluiceError `bad-value`, `bad-shape` for a buffer that will not do, `gpu-error` for one of another device or one that was
   * destroyed, `too-large`. */
  static async create(device: GPUDevice | Gpu, options: RecurrentLayerOptions): Promise<RecurrentLayer> {
    const example = "{ cell: 'gru', input: 3, hidden: 128, steps: 50, batch: 32 }"
    const { input, steps, batch, train = false, recompute, strategy, buffers: given = {}, ...layer } = checkOptions('options', options, example, names)
    checkCount('input', input)
    checkFlag('train', train)
    checkStrategyOption(strategy)
    const spec: NetworkSpec = checkSpec({ input: { features: input }, layers: [layer] })
    const buffers = checkOptions('buffers', given, '{ x: buffer }', bufferNames)
    for (const [name, buffer] of Object.entries(buffers)) if (buffer !== undefined) checkBuffer(name, buffer)
    if (!train)
      for (const name of ['dy', 'dx'] as const)
        if (buffers[name]) throw new SluiceError('bad-value', `buffers.${name} came, but without train: true there is no gradient to put there`)
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
      const choice = await chooseStrategy(measured(gpu, spec), shape, strategy)
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

  /** Outputs [T, B, D, H]: a part of the states. */
  get outputs(): Tensor {
    const { memory, T, B, D, H4 } = this.session.unrolled.layers[0]!
    const slot = B * D * H4 * 16
    return { ...memory.h, offset: memory.h.offset + slot, size: T * slot, shape: [plain(T), ...memory.h.shape.slice(1)] }
  }

  /** States [T+2, B, D, H]: slot 0 is the initial state of direction 0, slot t + 1 the state after step t, slot T + 1 the
   * initial state of direction 1. */
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

  /** Where a parameter lies, by the names `W`, `U`, `b`, `bn`, `p` of `parameterShapes`; and where its gradient does. */
  parameter(name: string): { value: Tensor; gradient: Tensor } {
    if (typeof name !== 'string') throw new SluiceError('bad-value', `the name of the parameter is ${show(name)}, expected one such as 'W'`)
    const { parameters } = this.session.unrolled
    return { value: parameters.value(`layers.0.${name}`), gradient: parameters.gradient(`layers.0.${name}`) }
  }

  /** Writes parameters by those names, in their shapes without padding.
   * @throws SluiceError `bad-value` for a name or a number that is not finite, `bad-shape`, `disposed`. */
  writeParameters(values: ParameterValues): void {
    this.#checkAlive()
    const entries = checkMap('parameters', values, 'from name to numbers')
    this.session.unrolled.parameters.write(new Map(entries.map(([name, v]) => [`layers.0.${name}`, v])))
  }

  /** Writes a tensor of the layer's, in its shape without padding; and reads one, as it is.
   * @throws SluiceError `bad-value` for a number that is not finite or a tensor of another layer, `bad-shape`, `disposed`. */
  write(to: Tensor, values: ArrayLike<number>): void {
    this.#checkAlive()
    this.#checkTensor(to)
    if (typeof values === 'object' && values) checkFinite(to.label, values) // others are refused where they are packed
    writeTensor(this.gpu, to, values)
  }

  async read(from: Tensor): Promise<Float32Array<ArrayBuffer>> {
    this.#checkAlive()
    this.#checkTensor(from)
    return readTensor(this.gpu, from)
  }

  /** Steps of each row, [B], zero allowed; T for all until told otherwise. What `x` has past the end of a row counts nothing, but
   * must be finite.
   * @throws SluiceError `bad-shape`, `bad-value`. */
  setLengths(lengths: Uint32Array): void {
    this.#checkAlive()
    const { steps, batch } = this.session.unrolled.options
    checkLengths(lengths, steps, batch)
    this.session.unrolled.batch.write({ lengths })
  }

  /** Encodes the forward pass. That the encoder is finished, or of another device, WebGPU says later: where it is finished or
   * submitted, as an uncaptured error of its device.
   * @throws SluiceError `bad-value` for another word, and for `carried` where a direction reads from the end. */
  encodeForward(encoder: GPUCommandEncoder, options: ForwardOptions = {}): void {
    this.#checkAlive()
    const { initial = 'zero' } = checkOptions('options', options, "{ initial: 'carried' }", { initial: true })
    checkEncoder(encoder)
    if (initial !== 'zero' && initial !== 'carried' && initial !== 'given')
      throw new SluiceError('bad-value', `initial is ${show(initial)}, expected 'zero', 'carried' or 'given'`)
    if (initial === 'carried' && this.session.unrolled.layers[0]!.D === 2)
      throw new SluiceError('bad-value', "initial is 'carried', but a bidirectional layer cannot carry its state from run to run: it reads from the end too")
    this.session.encode(encoder, [...({ zero: ['fresh'], carried: ['carry'], given: [] } as const)[initial], 'forward'])
  }

  /** Encodes the backward pass: reads `dy`, fills `dx`, `stateGradient` and every parameter's gradient.
   * @throws SluiceError `bad-value` for another word, and without `train`; `disposed`. */
  encodeBackward(encoder: GPUCommandEncoder, options: BackwardOptions = {}): void {
    this.#checkAlive()
    const { finalGradient = 'zero' } = checkOptions('options', options, "{ finalGradient: 'given' }", { finalGradient: true })
    checkEncoder(encoder)
    if (!this.session.unrolled.options.train) throw new SluiceError('bad-value', 'this layer cannot go backward: create it with train: true')
    if (finalGradient !== 'zero' && finalGradient !== 'given')
      throw new SluiceError('bad-value', `finalGradient is ${show(finalGradient)}, expected 'zero' or 'given'`)
    this.session.encode(encoder, finalGradient === 'zero' ? ['clear', 'backward'] : ['backward'])
  }

  /** @throws SluiceError `bad-value` for a tensor that this layer has not, or has not without `train`. */
  #checkTensor(tensor: Tensor | null): void {
    const buffer = reading('the tensor', tensor, () => (typeof tensor?.label === 'string' && Array.isArray(tensor.shape) ? tensor.buffer : undefined))
    if (!tensor || !buffer)
      throw new SluiceError(
        'bad-value',
        `the tensor is ${show(tensor)}, expected one of the layer's: dy, dx and stateGradient are there with train: true alone`,
      )
    const {
      x,
      dx,
      layers: [layer],
      parameters: { values, gradients },
    } = this.session.unrolled
    if ([x, dx, ...Object.values(layer!.memory), values, gradients].some((own) => own?.buffer === buffer)) return
    throw new SluiceError(
      'bad-value',
      `the tensor ${tensor.label.slice(0, 60)} is of another layer, expected one of this layer's own, such as its x or outputs`,
    )
  }

  #checkAlive(): void {
    if (this.#destroyed) throw new SluiceError('disposed', 'this layer was destroyed. Create a new one.')
    this.gpu.checkAlive()
  }

  /** Frees what the layer allocated; buffers of the caller's stay. */
  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
    this.session.unrolled.parameters.destroy()
  }
}

/** @throws SluiceError `bad-value` for a state that no cell has. */
function checkState(name: unknown): void {
  if (name !== 'h' && name !== 'c') throw new SluiceError('bad-value', `the state is ${show(name)}, expected 'h' or 'c'`)
}

/** @throws SluiceError `bad-value` for what is no encoder. */
function checkEncoder(encoder: GPUCommandEncoder): void {
  const isEncoder = reading('the encoder', encoder, () => typeof encoder?.beginComputePass === 'function' && typeof encoder.copyBufferToBuffer === 'function')
  if (!isEncoder)
    throw new SluiceError('bad-value', `the encoder is ${show(encoder)}, expected a GPUCommandEncoder such as device.createCommandEncoder() gives`)
}

/** @throws SluiceError `bad-value` for what is no buffer. */
function checkBuffer(name: string, buffer: GPUBuffer): void {
  const isBuffer = reading(`buffers.${name}`, buffer, () => typeof buffer?.size === 'number' && typeof buffer.usage === 'number')
  if (!isBuffer) throw new SluiceError('bad-value', `buffers.${name} is ${show(buffer)}, expected a GPUBuffer`)
}

type Buffers = NonNullable<RecurrentLayerOptions['buffers']>

const namesOf = (buffers: Buffers) => (Object.keys(buffers) as (keyof Buffers)[]).filter((name) => buffers[name] !== undefined)

/** @throws SluiceError `bad-value` for a buffer of the caller's that is given twice: one tensor would be written over by another. */
function checkDistinct(buffers: Buffers): void {
  const names = namesOf(buffers)
  for (const [i, name] of names.entries()) {
    const twice = names.slice(0, i).find((other) => buffers[other] === buffers[name])
    if (twice) throw new SluiceError('bad-value', `buffers.${twice} and buffers.${name} are the same buffer, expected one for each`)
  }
}

/** Uses each buffer of the caller's once: what WebGPU has against it shows then, and not only when the layer runs.
 * @throws SluiceError `gpu-error` for a buffer of another device, or one that was destroyed. */
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
