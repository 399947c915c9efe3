// One way to run a network: what it has on the GPU while it is unrolled, its programs, and one submit. Training, prediction,
// evaluation, sampling, single runs and the bare layer stand on it; each names programs of its own, such as a reset of the states, their
// carry from the run before, and the main one.
import type { Gpu } from './gpu/device'
import type { View } from './gpu/view'
import { Program } from './gpu/engine'
import type { Plan } from './gpu/plan'
import type { StrategyName, StrategyOption } from './gpu/strategy'
import type { Unrolled, UnrollOptions } from './schedule/unroll'
import { chooseStrategy, type BackgroundMeasurement, type Measured } from './tune'

/** What is unrolled: a network. */
export interface Unrollable extends Measured {
  prepare<Plans extends Readonly<Record<string, Plan>>>(plans: Plans): Promise<{ [Name in keyof Plans]: Program }>
}

/** A program, or its commands up to one. */
type Run<Name extends string> = Name | readonly [name: Name, end: number]

export class Session<Name extends string> {
  constructor(
    /** Where it lives; its network may have moved on when that was lost. */
    readonly gpu: Gpu,
    readonly unrolled: Unrolled,
    readonly programs: Readonly<Record<Name, Program>>,
    /** Times other strategies beside its work. */
    private readonly measurement: BackgroundMeasurement | null = null,
  ) {}

  /** Unrolls a network and makes its programs ready. `strategy`: how recurrences are dispatched, the device's choice unless given.
   * @throws SluiceError `too-large`, `gpu-error`, `disposed`, `device-lost`; nothing is left then. */
  static async open<Name extends string>(
    network: Unrollable,
    options: UnrollOptions,
    strategy: StrategyOption | undefined,
    plansOf: (unrolled: Unrolled, strategy: StrategyName | undefined) => Record<Name, Plan>,
  ): Promise<Session<Name>> {
    const { gpu } = network
    const unrolled = await network.unroll(options)
    try {
      const choice = await chooseStrategy(network, options, strategy)
      const programs = await choice.prepare((name) => network.prepare(plansOf(unrolled, name)))
      return new Session<Name>(gpu, unrolled, programs, choice.measurement)
    } catch (error) {
      unrolled.destroy()
      throw error
    }
  }

  /** Encodes programs one after the other, in one pass where nothing but dispatches lies between. */
  encode(encoder: GPUCommandEncoder, runs: readonly Run<Name>[]): void {
    Program.encodeAll(
      encoder,
      runs.map((run) => (typeof run === 'string' ? [this.programs[run]] : [this.programs[run[0]], run[1]])),
    )
  }

  /** Submits programs in one command buffer, with copies of what they make: each is given when it is there. `before`: what else is encoded,
   * ahead of them.
   * @throws SluiceError `device-lost`, from what is given. */
  submit(label: string, runs: readonly Run<Name>[], reads: readonly View[] = [], before?: (encoder: GPUCommandEncoder) => void): Promise<ArrayBuffer>[] {
    const { device, readback } = this.gpu
    const encoder = device.createCommandEncoder({ label })
    before?.(encoder)
    this.encode(encoder, runs)
    const arrivals = reads.map((view) => readback.encode(encoder, view))
    device.queue.submit([encoder.finish()])
    this.measurement?.count()
    return arrivals.map((arrive) => arrive())
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return Object.values<{ readonly bytes: number }>(this.programs).reduce((n, { bytes }) => n + bytes, this.unrolled.bytes)
  }

  destroy(): void {
    this.measurement?.cancel()
    this.unrolled.destroy()
    for (const program of Object.values<Program>(this.programs)) program.destroy()
  }
}
