// How long each dispatch of a program takes, as the GPU itself tells: two timestamps a dispatch, in a pass of its own.
import { SluiceError } from '../errors'
import type { Gpu } from './device'
import type { Program } from './engine'

/** The time of one dispatch of a step. */
export interface ProfiledDispatch {
  /** What it does. */
  readonly label: string
  /** The kernel, as shaders has it. */
  readonly kernel: string
  readonly workgroups: readonly [number, number, number]
  /** Milliseconds; rounded to a tenth by browsers that do not tell more. */
  readonly ms: number
}

/** The time of one kernel in a step. */
export interface ProfiledKernel {
  readonly kernel: string
  /** How many dispatches it has. */
  readonly dispatches: number
  /** Milliseconds of all of them. */
  readonly ms: number
}

/** What the dispatches of a step take. */
export interface Profile {
  /** Milliseconds of all dispatches, added up; copies and clears between them are not timed. */
  readonly ms: number
  /** Each dispatch, in order. */
  readonly dispatches: readonly ProfiledDispatch[]
  /** The same by kernel, the longest first. */
  readonly kernels: readonly ProfiledKernel[]
}

/** Timestamps that a query set may have. */
const mostTimestamps = 4096

export class Stopwatch {
  readonly #sets: readonly GPUQuerySet[]
  readonly #times: GPUBuffer
  #arrive: (() => Promise<ArrayBuffer>) | null = null

  /** @throws SluiceError `no-adapter` for a device that does not tell times. */
  constructor(
    private readonly gpu: Gpu,
    private readonly program: Program,
  ) {
    if (!gpu.timestamps)
      throw new SluiceError(
        'no-adapter',
        `${gpu.adapterName} does not tell how long a dispatch takes: this device lacks the feature timestamp-query. openDevice asks for it where the adapter has it; a device of your own must have it among its requiredFeatures.`,
      )
    const count = 2 * program.plan.dispatches
    const sets = Math.ceil(count / mostTimestamps)
    this.#sets = Array.from({ length: sets }, (_, i) =>
      gpu.device.createQuerySet({ type: 'timestamp', count: Math.min(mostTimestamps, count - i * mostTimestamps) }),
    )
    this.#times = gpu.device.createBuffer({ label: 'timestamps', size: Math.max(8, count * 8), usage: 0x0200 | 0x04 }) // QUERY_RESOLVE, COPY_SRC
  }

  /** Encodes the program, timed. */
  encode(encoder: GPUCommandEncoder): void {
    this.program.encodeApart(encoder, (i) => {
      const at = (2 * i) % mostTimestamps
      return { querySet: this.#sets[Math.floor((2 * i) / mostTimestamps)]!, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 }
    })
    this.#sets.forEach((set, i) => encoder.resolveQuerySet(set, 0, set.count, this.#times, i * mostTimestamps * 8))
    this.#arrive = this.gpu.readback.encode(encoder, { buffer: this.#times, offset: 0, size: this.#times.size })
  }

  /** What was measured, once it has been submitted. @throws SluiceError `device-lost`. */
  async read(): Promise<Profile> {
    const times = new BigUint64Array(await this.#arrive!())
    const commands = this.program.plan.commands.filter((command) => command.kind === 'dispatch')
    const dispatches = commands.map(({ label, kernel, workgroups }, i): ProfiledDispatch => {
      // Some GPUs start anew at times, and the end is then before the beginning.
      const ns = times[2 * i + 1]! > times[2 * i]! ? Number(times[2 * i + 1]! - times[2 * i]!) : 0
      return { label, kernel, workgroups, ms: ns / 1e6 }
    })
    const kernels = new Map<string, ProfiledKernel>()
    for (const { kernel, ms } of dispatches) {
      const known = kernels.get(kernel)
      kernels.set(kernel, { kernel, dispatches: (known?.dispatches ?? 0) + 1, ms: (known?.ms ?? 0) + ms })
    }
    return { ms: dispatches.reduce((sum, { ms }) => sum + ms, 0), dispatches, kernels: [...kernels.values()].sort((a, b) => b.ms - a.ms) }
  }

  destroy(): void {
    for (const set of this.#sets) set.destroy()
    this.#times.destroy()
  }
}
