// The states of the rows of a stream, kept on the GPU between the batches of a predictor: one network serves as many streams as there are
// such states.
import { checkStates } from './check-batch'
import { checkCount, checkList, SluiceError } from './errors'
import type { Gpu } from './gpu/device'
import { pack, plain, unpack } from './gpu/tensor'
import { checkNetwork, type Network } from './network'
import { checkInstance, guardMethods } from './proxy-guard'
import type { LayerState } from './run'
import { layoutOfStates, type StateLayout } from './schedule/states'
import { recurrentLayers } from './spec'

/** States by recurrent layer, as `read` returns them: each [rows, D, H]. */
export interface ReadState {
  readonly h: Float32Array<ArrayBuffer>
  readonly c?: Float32Array<ArrayBuffer>
}

/** The state of a stream of B rows, on the GPU. `Predictor.state` makes one; a batch with it begins from it, and leaves its final state in it. */
export class PredictorState {
  readonly #gpu: Gpu
  readonly #layout: readonly StateLayout[]
  readonly #buffer: GPUBuffer
  #destroyed = false

  /** @internal */
  constructor(
    private readonly network: Network,
    /** B, rows of the stream. */
    readonly batch: number,
  ) {
    guardMethods(this, PredictorState)
    this.#gpu = network.gpu
    this.#layout = layoutOfStates(network.spec, batch)
    const { offset, size } = this.#layout.at(-1)!
    this.#buffer = network.gpu.buffer('state of a stream', offset + size)
  }

  get [Symbol.toStringTag](): string {
    return 'PredictorState'
  }

  /** @internal */
  static async create(network: Network, batch: number): Promise<PredictorState> {
    checkNetwork(network)
    network.checkAlive()
    const state = await network.gpu.checked('the state of a stream', () => new PredictorState(network, batch))
    state.reset()
    return state
  }

  /** The states of all rows, or of some, by recurrent layer: each [rows, D, H], as they are after the batches queued so far. `write` takes them back.
   * @param rows numbers of rows, in the order of the result. Default: all
   * @throws SluiceError `bad-value` for a row that is not there, `disposed`, `device-lost`. */
  async read(rows?: readonly number[]): Promise<ReadState[]> {
    const wanted = this.#rows(rows)
    const bytes = await this.#gpu.read({ buffer: this.#buffer, offset: 0, size: this.#buffer.size })
    const layers: { h?: Float32Array<ArrayBuffer>; c?: Float32Array<ArrayBuffer> }[] = recurrentLayers(this.network.spec).map(() => ({}))
    for (const { place, name, shape, offset, size } of this.#layout) {
      const all = unpack(shape, new Float32Array(bytes, offset, size / 4))
      const width = all.length / this.batch
      const values = new Float32Array(wanted.length * width)
      wanted.forEach((row, n) => values.set(all.subarray(row * width, (row + 1) * width), n * width))
      layers[place]![name] = values
    }
    return layers as ReadState[]
  }

  /** Sets states by recurrent layer, each [rows, D, H], for the batches queued from now on. A layer or a state that is left out keeps its values.
   * @param rows numbers of the rows that the states are of, in their order. Default: all
   * @throws SluiceError `bad-shape` for a wrong number of layers or values; `bad-value` for a row that is not there, a state that the cell does
   * not have, or a number that is not finite; `disposed`, `device-lost`. */
  write(states: readonly (LayerState | undefined)[], rows?: readonly number[]): void {
    const wanted = this.#rows(rows)
    const checked = checkStates<LayerState>('states', this.network.spec, states)
    const packed = this.#layout.flatMap(({ place, name, shape, offset, size }) => {
      const values = checked[place]?.[name]
      const memory = values && pack(`states[${place}].${name}`, [plain(wanted.length), ...shape.slice(1)], values)
      return memory ? [{ memory, offset, width: size / 4 / this.batch }] : []
    })
    for (const { memory, offset, width } of packed)
      wanted.forEach((row, n) => this.#gpu.device.queue.writeBuffer(this.#buffer, offset + row * width * 4, memory, n * width, width))
  }

  /** All rows, or some, begin anew: from zero, or from the learned initial states.
   * @param rows numbers of rows. Default: all
   * @throws SluiceError `bad-value` for a row that is not there, `disposed`, `device-lost`. */
  reset(rows?: readonly number[]): void {
    const wanted = this.#rows(rows)
    const { parameters } = this.network
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'fresh state of a stream' })
    for (const { layer, name, offset, size } of this.#layout) {
      const width = size / this.batch
      const learned = `layers.${layer}.${name}0`
      const initial = parameters.has(learned) ? parameters.value(learned) : null
      for (const row of wanted)
        if (initial) encoder.copyBufferToBuffer(initial.buffer, initial.offset, this.#buffer, offset + row * width, width)
        else encoder.clearBuffer(this.#buffer, offset + row * width, width)
    }
    this.#gpu.device.queue.submit([encoder.finish()])
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.#buffer.size
  }

  /** Its buffer, for batches of `batch` rows of a network.
   * @internal
   * @throws SluiceError `bad-value` for a state of other layers or rows, `disposed`, `device-lost`. */
  bufferFor(network: Network, batch: number): GPUBuffer {
    this.#checkAlive()
    const { spec, gpu } = network
    if (network === this.network && batch === this.batch && gpu === this.#gpu) return this.#buffer
    const describe = (layout: readonly StateLayout[]) =>
      layout.map(({ layer, name, shape }) => `layers[${layer}].${name} [${shape.map(({ size }) => size)}]`).join(', ')
    const [came, expected] = [describe(this.#layout), describe(layoutOfStates(spec, batch))]
    if (came !== expected)
      throw new SluiceError('bad-value', `state has ${came}, expected ${expected}: [B, D, H]. Make it by state() of a predictor with as many rows.`)
    if (gpu !== this.#gpu)
      throw new SluiceError('bad-value', 'state is on another device than the network. Read it there, and write it into a state of this predictor.')
    return this.#buffer
  }

  #rows(rows: readonly number[] | undefined): readonly number[] {
    this.#checkAlive()
    if (rows === undefined) return Array.from({ length: this.batch }, (_, row) => row)
    const list = checkList('rows', rows, 'of row numbers, such as [0, 2]')
    list.forEach((row, n) => checkCount(`rows[${n}]`, row, { min: 0, max: this.batch - 1 }))
    return list
  }

  #checkAlive(): void {
    if (this.#destroyed) throw new SluiceError('disposed', 'this state was destroyed. Make a new one by state() of the predictor.')
    this.network.checkNotDestroyed()
    this.#gpu.checkAlive()
  }

  /** Frees it on the GPU. */
  destroy(): void {
    this.#destroyed = true
    this.#buffer.destroy()
  }
}

/** @throws SluiceError `bad-value` for anything else. */
export function checkState(state: unknown): asserts state is PredictorState {
  checkInstance('state', state, PredictorState, 'a PredictorState, the result of await predictor.state()')
}
