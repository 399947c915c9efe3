// Runs a network: a session owns its buffers on the GPU and its programs, and submits them. Training, prediction, evaluation, sampling,
// single runs and the recurrent layer use it. Each names its own programs, such as a reset of the states, a carry from the batch before,
// and the main one.
import type { Gpu } from './gpu/device'
import type { View } from './gpu/view'
import { Program } from './gpu/engine'
import type { Plan } from './gpu/plan'
import type { StrategyName, StrategyOption } from './gpu/strategy'
import type { Unrolled, UnrollOptions } from './schedule/unroll'
import { chooseStrategy, type BackgroundMeasurement, type Measured } from './tune'

/** A network that can be unrolled. */
export interface Unrollable extends Measured {
  prepare<Plans extends Readonly<Record<string, Plan>>>(plans: Plans): Promise<{ [Name in keyof Plans]: Program }>
}

/** A program, or its commands before `end`. */
type ProgramRange<Name extends string> = Name | readonly [name: Name, end: number]

export class Session<Name extends string> {
  constructor(
    /** The device of the session. The network may have moved to another one since, after a loss. */
    readonly gpu: Gpu,
    readonly unrolled: Unrolled,
    readonly programs: Readonly<Record<Name, Program>>,
    /** Times other strategies beside its work. */
    private readonly measurement: BackgroundMeasurement | null = null,
  ) {}

  /** Unrolls a network and prepares its programs.
   * @param strategy how recurrences are dispatched. Default: the device's choice
   * @throws SluiceError `too-large`, `gpu-error`, `disposed`, `device-lost`; all buffers are freed then. */
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

  /** Encodes programs one after the other. Dispatches that follow each other share a compute pass. */
  encode(encoder: GPUCommandEncoder, runs: readonly ProgramRange<Name>[]): void {
    Program.encodeAll(
      encoder,
      runs.map((run) => (typeof run === 'string' ? [this.programs[run]] : [this.programs[run[0]], run[1]])),
    )
  }

  /** Submits programs in one command buffer, and copies of `reads`. Returns a promise for each copy.
   * @param before encodes other commands first
   * @param after encodes other commands behind the programs
   * @throws SluiceError `device-lost`, in the promises. */
  submit(
    label: string,
    runs: readonly ProgramRange<Name>[],
    reads: readonly View[] = [],
    before?: (encoder: GPUCommandEncoder) => void,
    after?: (encoder: GPUCommandEncoder) => void,
  ): Promise<ArrayBuffer>[] {
    const { device, readback } = this.gpu
    const encoder = device.createCommandEncoder({ label })
    before?.(encoder)
    this.encode(encoder, runs)
    after?.(encoder)
    const copies = reads.map((view) => readback.encode(encoder, view))
    device.queue.submit([encoder.finish()])
    this.measurement?.count()
    return copies.map((copy) => copy())
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
