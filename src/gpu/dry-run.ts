// A device that allocates nothing and writes down what is asked of it. So memory is known before it is there, by the same code that
// allocates it.
import { SluiceError } from '../errors'
import { amount, bufferSize } from './allocator'
import { Gpu } from './device'
import { uniformBytes } from './engine'
import { DispatchCount, Plan } from './plan'
import type { Tuning } from './tuning'

/** WebGPU's default limits, which every device has. */
const defaults = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 }

export class DryRun extends Gpu {
  /** What was asked for, in order. */
  readonly entries: { readonly label: string; readonly bytes: number }[] = []

  /** @param like the device that it stands for, with its limits and its tuning; any hardware unless given
   * @param lists whether plans on it list their commands; else these are counted, which takes no time for any number of steps */
  constructor(
    like?: Gpu,
    readonly lists = false,
  ) {
    const { limits = defaults, features = new Set() } = like?.device ?? {}
    super({ limits, features, lost: new Promise(() => {}) } as unknown as GPUDevice, like?.adapterName ?? 'any adapter', like?.isSoftware ?? false)
  }

  /** Writes down the size, and gives nothing that could be used but that. */
  override buffer(label: string, bytes: number): GPUBuffer {
    const size = bufferSize(bytes)
    this.entries.push({ label, bytes: size })
    return { label, size } as GPUBuffer
  }

  get total(): number {
    return this.entries.reduce((n, { bytes }) => n + bytes, 0)
  }

  get largest(): { readonly label: string; readonly bytes: number } {
    return this.entries.reduce((most, entry) => (entry.bytes > most.bytes ? entry : most), { label: 'nothing', bytes: 0 })
  }
}

/** Estimates what `work` allocates, and refuses all of it where one buffer is larger than the device allows: before anything is allocated.
 * `more`: what could be done beside lowering the sizes.
 * @throws SluiceError `too-large`: «35 steps of 32 rows: 1.2 GiB needed, of which layers.0 gates takes 900 MiB, …». */
export function checkRoom(gpu: Gpu, what: string, work: (dryRun: Gpu) => unknown, more = ''): void {
  gpu.checkAlive()
  const dryRun = new DryRun(gpu)
  work(dryRun)
  const { total, largest } = dryRun
  if (largest.bytes <= gpu.largestBuffer) return
  throw new SluiceError(
    'too-large',
    `${what}: ${amount(total)} needed, ${amount(largest.bytes)} of it for ${largest.label}, but ${gpu.adapterName} allows ${amount(gpu.largestBuffer)} a buffer. Lower the hidden size, the batch or the steps${more}.`,
  )
}

/** The plan that `build` appends to. Its dispatches are counted first, so that one with too many for the device is refused
 * before they are listed; in a dry run they are only counted.
 * @throws SluiceError `too-large`. */
export function planned(gpu: Gpu, name: string, tuning: Tuning, build: (plan: Plan) => void): Plan {
  const counted = new DispatchCount(name, tuning)
  build(counted)
  if (gpu instanceof DryRun && !gpu.lists) return counted
  const bytes = uniformBytes(counted)
  const { maxBufferSize } = gpu.device.limits
  if (bytes > maxBufferSize)
    throw new SluiceError(
      'too-large',
      `${name}: ${counted.dispatches} dispatches, the sizes of which need ${amount(bytes)}, but ${gpu.adapterName} allows ${amount(maxBufferSize)} a buffer. Lower the steps.`,
    )
  const plan = new Plan(name, tuning)
  build(plan)
  return plan
}
