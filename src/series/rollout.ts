// Forecasts by feeding back: a network reads windows, and then, one row after the other, what it has said itself. The state stays on the GPU in
// between.
import { SluiceError } from '../errors'
import { firstNotFinite } from '../finite'
import type { StrategyOption } from '../gpu/strategy'
import type { Network } from '../network'
import { Predictor } from '../predictor'
import type { PredictorState } from '../predictor-state'
import type { WindowShape } from './windows'

export interface RolloutOptions extends WindowShape {
  /** Windows that are read at a time. */
  readonly batch: number
  /** Rows that go on from each window. */
  readonly copies: number
  /** Rows to forecast of each. */
  readonly horizon: number
  readonly strategy?: StrategyOption | undefined
}

/** Reads what comes next from the outputs of the network: [rows, V] to normalised values [rows, K]. */
export type Choose = (logits: Float32Array, step: number) => Float32Array

/** Forecasts for batches of windows: allocated once, for one shape. */
export class Rollout {
  private constructor(
    private readonly options: RolloutOptions,
    private readonly reader: Predictor,
    /** None for a horizon of 1. */
    private readonly stepper: Predictor | null,
    private readonly read: PredictorState,
    /** The state of all rows: that of the windows where each has one row. */
    private readonly state: PredictorState,
  ) {}

  /** @throws SluiceError `too-large`, `disposed`, `device-lost`. */
  static async open(network: Network, options: RolloutOptions): Promise<Rollout> {
    const { window, batch, copies, horizon } = options
    const strategy = options.strategy && { strategy: options.strategy }
    const made: { destroy(): void }[] = []
    const keep = <Made extends { destroy(): void }>(one: Made): Made => {
      made.push(one)
      return one
    }
    try {
      const reader = keep(await Predictor.create(network, { steps: window, batch, ...strategy }))
      const read = keep(await reader.state())
      if (horizon === 1) return new Rollout(options, reader, null, read, read)
      const stepper = keep(await Predictor.create(network, { steps: 1, batch: batch * copies, ...strategy }))
      return new Rollout(options, reader, stepper, read, copies === 1 ? read : keep(await stepper.state()))
    } catch (error) {
      for (const one of made) one.destroy()
      throw error
    }
  }

  /** Forecasts from windows [T, B, K]: for each step normalised values [B · copies, K]. The rows of a window lie together.
   * @throws SluiceError `not-finite`, `disposed`, `device-lost`. */
  async run(windows: Float32Array, choose: Choose): Promise<Float32Array[]> {
    const { batch, copies, horizon } = this.options
    const logits = await this.reader.predict({ features: windows, state: this.read, fresh: true })
    const last = logits.subarray((logits.length / this.options.window) * (this.options.window - 1))
    const steps = [checked(choose(repeatRows(last, batch, copies), 0), 0)]
    if (horizon > 1 && copies > 1) {
      const states = await this.read.read()
      this.state.write(states.map(({ h, c }) => ({ h: repeatRows(h, batch, copies), ...(c && { c: repeatRows(c, batch, copies) }) })))
    }
    for (let step = 1; step < horizon; step++) {
      const next = await this.stepper!.predict({ features: steps[step - 1]!, state: this.state })
      steps.push(checked(choose(next, step), step))
    }
    return steps
  }

  destroy(): void {
    for (const one of new Set([this.reader, this.stepper, this.read, this.state])) one?.destroy()
  }
}

/** Rows [B, …], each several times: [B · copies, …]. */
function repeatRows(values: Float32Array, batch: number, copies: number): Float32Array {
  if (copies === 1) return values
  const width = values.length / batch
  const repeated = new Float32Array(values.length * copies)
  for (let row = 0; row < batch * copies; row++) {
    const from = Math.floor(row / copies) * width
    repeated.set(values.subarray(from, from + width), row * width)
  }
  return repeated
}

/** @throws SluiceError `not-finite` for values that cannot be fed back. */
function checked(values: Float32Array, step: number): Float32Array {
  const wrong = firstNotFinite(values)
  if (wrong < 0) return values
  throw new SluiceError(
    'not-finite',
    `the forecast is ${values[wrong]} at step ${step}: the model is not trained yet, or its training diverged. Train it with a lower rate.`,
  )
}
