// The GPU: finding an adapter, asking it for what large models need, allocating with a word on what is too large,
// and reading back. One Gpu can serve many networks; it keeps the pipelines they share.
import { checkFlag, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkInstance, hasTagOf, guardMethods } from '../proxy-guard'
import type { KernelName } from './kernels'
import type { Tuning } from './plan'
import { quadsAreNeighbours } from './quads'
import { Readback } from './readback'
import { adapterKind, defaultStrategy, strategyOf, type AdapterKind } from './strategy'

/** A part of a buffer, in bytes. */
export interface View {
  readonly buffer: GPUBuffer
  readonly offset: number
  readonly size: number
}

export interface OpenOptions {
  /** Where to look for WebGPU; `navigator.gpu` unless given (Dawn for Node gives its own). */
  readonly gpu?: GPU
  /** Which adapter to prefer on a machine with several. */
  readonly powerPreference?: GPUPowerPreference
  /** Whether to use subgroups where the adapter has them. Default true; results agree to a few roundings. */
  readonly subgroups?: boolean
}

const openNames = { gpu: true, powerPreference: true, subgroups: true } satisfies Known<OpenOptions>

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']
/** Bytes as a person reads them: «1.5 GiB». */
export function amount(bytes: number): string {
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log2(bytes) / 10)))
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power - 1]}`
}

/** What a buffer takes for so many bytes: never nothing, and whole vec4f. */
export const bufferSize = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16)

export class Gpu {
  /** Pipelines by kernel and constants, shared by all plans on this device.
   * @internal */
  readonly pipelines = new Map<string, Promise<GPUComputePipeline>>()
  /** Bind group layouts by kernel.
   * @internal */
  readonly layouts = new Map<KernelName, GPUBindGroupLayout>()
  /** @internal */
  readonly readback = new Readback(this)
  /** Resolves with a sentence when the device is lost, however that comes about. */
  readonly lost: Promise<string>
  #lost: string | null = null
  /** Whether somebody closed it on purpose: it does not come back then. */
  #closed = false
  /** The device in place of this one, once it was lost and somebody asked. */
  #successor: Promise<Gpu> | null = null
  #canUseQuads: Promise<boolean> | null = null
  /** How many wait for the GPU, and what asks it meanwhile. */
  #waiting = 0
  #asking: ReturnType<typeof setInterval> | undefined
  /** What the work of `checked` has allocated, while it runs. */
  #allocated: GPUBuffer[] | null = null

  constructor(
    readonly device: GPUDevice,
    /** The adapter in words, as the browser names it. */
    readonly adapterName: string,
    /** Whether the adapter is a program on the CPU (SwiftShader, llvmpipe, WARP): right, but slow. */
    readonly isSoftware: boolean,
    /** Opens another like it; null where only whoever opened it knows how. */
    private readonly open: (() => Promise<Gpu>) | null = null,
  ) {
    guardMethods(this, Gpu)
    this.lost = device.lost.then(({ reason, message }) => {
      if (reason === 'destroyed') this.#closed = true
      this.#lost = reason === 'destroyed' ? 'the device was closed' : `the GPU device was lost${message ? `: ${message}` : ''}`
      return this.#lost
    })
  }

  get [Symbol.toStringTag](): string {
    return 'Gpu'
  }

  /** Whether the GPU tells when a dispatch began and ended, as `Trainer.profile` asks it. */
  get timestamps(): boolean {
    return this.device.features.has('timestamp-query')
  }

  /** Whether kernels may exchange values between the invocations of a subgroup. */
  get subgroups(): boolean {
    return this.device.features.has('subgroups')
  }

  /** The same, if four neighbours of its workgroups are a quad, as kernels then take for granted: asked of the device once.
   * @internal */
  canUseQuads(): Promise<boolean> {
    const {
      tuning: { width, reductionWidth: alone },
    } = this
    return (this.#canUseQuads ??= this.subgroups ? quadsAreNeighbours(this.device, [...new Set([width, alone])]) : Promise.resolve(false))
  }

  /** What the adapter is to the kernels.
   * @internal */
  get kind(): AdapterKind {
    return adapterKind(this.isSoftware, this.adapterName)
  }

  /** A software adapter spreads few large pieces of work over its cores, hardware many small ones.
   * @internal */
  get tuning(): Tuning {
    const cores = globalThis.navigator?.hardwareConcurrency ?? 4
    const strategy = strategyOf(defaultStrategy(this.kind))
    return this.isSoftware
      ? { strategy, width: 4, reductionWidth: 4, elementsPerInvocation: 32, cores, groups: cores, workgroupRate: 3e9 }
      : { strategy, width: 32, reductionWidth: 128, elementsPerInvocation: 4, cores: 256, groups: 40, workgroupRate: 2e10 }
  }

  /** Bytes of the largest buffer that kernels can use as a whole. */
  get largestBuffer(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits
    return Math.min(maxBufferSize, maxStorageBufferBindingSize)
  }

  /** A buffer of zeros.
   * @internal
   * @throws SluiceError `too-large` if the device's limits do not allow it. */
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags = 0): GPUBuffer {
    this.checkAlive()
    if (bytes > this.largestBuffer)
      throw new SluiceError(
        'too-large',
        `${label}: ${amount(bytes)} needed, but ${this.adapterName} allows ${amount(this.largestBuffer)} a buffer. Lower the hidden size, the batch or the steps.`,
      )
    // STORAGE, COPY_SRC and COPY_DST, by value: the constants are not global outside browsers.
    return this.allocate({ label, size: bufferSize(bytes), usage: usage | 0x80 | 0x04 | 0x08 })
  }

  /** A buffer as it is described.
   * @internal */
  allocate(descriptor: GPUBufferDescriptor): GPUBuffer {
    const buffer = this.device.createBuffer(descriptor)
    this.#allocated?.push(buffer)
    return buffer
  }

  /** The caller's buffer if one is given and will do, else a new one.
   * @internal
   * @throws SluiceError `bad-shape`, `bad-value` for a buffer too small or without the usages needed. */
  own(label: string, bytes: number, given?: GPUBuffer): GPUBuffer {
    if (!given) return this.buffer(label, bytes)
    if (given.size < bytes) throw new SluiceError('bad-shape', `the buffer given for ${label} has ${given.size} bytes, expected at least ${bytes}`)
    if ((given.usage & 0x8c) !== 0x8c)
      throw new SluiceError('bad-value', `the buffer given for ${label} lacks a usage: it needs STORAGE, COPY_SRC and COPY_DST`)
    return given
  }

  /** Runs `work`, which creates buffers, pipelines or bind groups, and turns what WebGPU reports of it into an error; then none of
   * its buffers stays. It is over before anyone else has a turn, so nobody else's errors are taken for its own.
   * @internal
   * @throws SluiceError `too-large`, `gpu-error`, `device-lost`, and what `work` throws. */
  async checked<Result>(what: string, work: () => Result): Promise<Result> {
    this.checkAlive()
    const allocated: GPUBuffer[] = (this.#allocated = [])
    this.device.pushErrorScope('out-of-memory')
    this.device.pushErrorScope('validation')
    let made: () => Result
    try {
      const result = work()
      made = () => result
    } catch (error) {
      made = () => {
        throw error
      }
    }
    this.#allocated = null
    const reported = Promise.all([this.device.popErrorScope(), this.device.popErrorScope()])
    try {
      const [invalid, noMemory] = await reported.catch(async (cause: Error) => {
        // Nothing but the loss of the device makes a scope refuse to say what it saw.
        await this.#saysIfLost()
        throw deviceLost(cause.message, cause)
      })
      if (noMemory) throw new SluiceError('too-large', `${what}: ${this.adapterName} is out of memory. Lower the hidden size, the batch or the steps.`)
      if (invalid) throw new SluiceError('gpu-error', `${what}: ${invalid.message}`)
      return made()
    } catch (error) {
      for (const buffer of allocated) buffer.destroy()
      throw error
    }
  }

  /** Copies a part of a buffer to the CPU, in a submit of its own.
   * @internal */
  read(view: View): Promise<ArrayBuffer> {
    this.checkAlive()
    const encoder = this.device.createCommandEncoder({ label: `read ${view.buffer.label}` })
    const arrive = this.readback.encode(encoder, view)
    this.device.queue.submit([encoder.finish()])
    return arrive()
  }

  /** Waits for what WebGPU says when queued work is done. In Firefox it would say so ten times a second, so it is asked.
   * @internal */
  async whenDone<Answer>(answer: Promise<Answer>): Promise<Answer> {
    if (!looksSeldom()) return answer
    this.#waiting++
    this.#asking ??= setInterval(() => this.device.queue.submit([]), 4)
    try {
      return await answer
    } finally {
      if (--this.#waiting === 0) {
        clearInterval(this.#asking)
        this.#asking = undefined
      }
    }
  }

  /** Waits until a buffer is mapped for reading.
   * @internal
   * @throws SluiceError `device-lost`. */
  async mapped(buffer: GPUBuffer): Promise<void> {
    try {
      await this.whenDone(buffer.mapAsync(0x01)) // READ
    } catch (cause) {
      await this.#saysIfLost()
      throw new SluiceError('gpu-error', `could not read ${buffer.label}: ${String((cause as Error).message ?? cause)}`, { cause })
    }
  }

  /** After a rejection: the loss of the device is reported separately, and says more, when it comes. */
  async #saysIfLost(): Promise<void> {
    await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, 100))])
    this.checkAlive()
  }

  /** @internal
   * @throws SluiceError `device-lost` once the device is gone. */
  checkAlive(): void {
    if (this.#lost !== null) throw deviceLost(this.#lost)
  }

  /** Whether the device is gone, after an error that may come of it: the browser may tell so a moment later.
   * @param patience milliseconds to wait for that */
  async isLost(patience = 100): Promise<boolean> {
    await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, patience))])
    return this.#lost !== null
  }

  /** Whether it was closed by a `destroy`, of this object or of its GPUDevice, and not lost by itself. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Whether it can be opened again. One that was adopted cannot: only whoever opened it knows how. */
  get canReopen(): boolean {
    return this.open !== null
  }

  /** A device in place of this one, which was lost: opened with the same options, once for all who ask, and closed with this one.
   * For a few seconds it is tried again and again.
   * @throws SluiceError `device-lost` if this one was closed, and what `openDevice` throws; then it may be asked for again. */
  async reopened(): Promise<Gpu> {
    const reopen = async () => {
      if (this.#closed) throw deviceLost(this.#lost ?? 'the device was closed')
      const gpu = await patiently(this.open!)
      if (!this.#closed) return gpu
      gpu.destroy() // meanwhile
      throw deviceLost('the device was closed')
    }
    const successor = (this.#successor ??= reopen())
    successor.catch(() => (this.#successor = null))
    const gpu = await successor
    return gpu.#lost === null ? gpu : gpu.reopened()
  }

  /** Closes the device, and the one in its place if it was opened again. */
  destroy(): void {
    this.#closed = true
    this.device.destroy()
    this.#successor?.then(
      (gpu) => gpu.destroy(),
      () => {},
    )
  }
}

/** Whether the browser looks for finished work by a timer of 100 ms alone, and when something is submitted, be it nothing:
 * https://bugzilla.mozilla.org/show_bug.cgi?id=1870699. */
const looksSeldom = (): boolean => /firefox/i.test(globalThis.navigator?.userAgent ?? '')

const deviceLost = (why: string, cause?: unknown): SluiceError =>
  new SluiceError('device-lost', `${why.replace(/[.\s]+$/, '')}. What was on the GPU is gone: open a device again and create the model anew.`, { cause })

const nameOf = (info: GPUAdapterInfo | undefined): { name: string; isSoftware: boolean } => {
  const parts = [info?.description, info?.vendor, info?.architecture, info?.device].filter((part) => part !== undefined && part !== '')
  return {
    name: info?.description || parts.join(' ') || 'an unnamed adapter',
    isSoftware: info?.isFallbackAdapter === true || parts.some((part) => softwareNames.test(part!)),
  }
}

/** Milliseconds before each attempt to open a device after a loss: a driver that was reset is not there at once. */
const attempts = [0, 250, 500, 1000, 2000, 4000]

/** Opens a device in place of one that was lost. @throws what the last attempt does. */
export async function patiently(open: () => Promise<Gpu>): Promise<Gpu> {
  for (const [i, wait] of attempts.entries()) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    try {
      return await open()
    } catch (error) {
      if (i === attempts.length - 1 || !(error instanceof SluiceError) || error.code !== 'no-adapter') throw error
    }
  }
  throw new Error('no attempts')
}

/** A device that the caller has opened, for networks that shall live beside other work on it.
 * @throws SluiceError `bad-value` for what is no GPUDevice. */
export function adoptDevice(device: GPUDevice): Gpu {
  if (!isDevice(device))
    throw new SluiceError('bad-value', `device is ${show(device)}, expected a GPUDevice, such as (await navigator.gpu.requestAdapter()).requestDevice() gives`)
  const { name, isSoftware } = nameOf(device.adapterInfo)
  return new Gpu(device, name, isSoftware)
}

function isDevice(device: unknown): boolean {
  try {
    return typeof (device as GPUDevice | undefined)?.createCommandEncoder === 'function'
  } catch {
    return false // an object that throws when it is read
  }
}

/** @throws SluiceError `bad-value` for what is none of our devices, such as a GPUDevice that was not adopted. */
export function checkDevice(device: unknown): void {
  if (device !== undefined) checkInstance('device', device, Gpu, 'what openDevice() gives, or adoptDevice(device) of a GPUDevice')
}

/** A device of ours, or one of the caller's that is adopted.
 * @throws SluiceError `bad-value` for what is neither. */
export function anyDevice(device: GPUDevice | Gpu): Gpu {
  if (!hasTagOf(device, Gpu)) return adoptDevice(device as GPUDevice)
  checkDevice(device)
  return device as Gpu
}

/** What the engine uses where it is offered. */
const optionalFeatures: readonly GPUFeatureName[] = ['subgroups', 'timestamp-query']

const noAdapter =
  (what: string) =>
  (cause: unknown): never => {
    throw new SluiceError(
      'no-adapter',
      `${what}: ${String((cause as Error)?.message ?? cause)}. Reload the page, restart the browser, or update the graphics driver.`,
      { cause },
    )
  }

const softwareNames = /swiftshader|software|llvmpipe|lavapipe|basic render|warp/i

/** How a run time outside browsers comes by WebGPU; undefined in browsers. */
function outsideBrowsers(): string | undefined {
  const { Bun, Deno, process } = globalThis as { Bun?: unknown; Deno?: unknown; process?: { versions?: { node?: string } } }
  if (Deno) return 'Deno has WebGPU behind a switch: start it with deno run --unstable-webgpu.'
  if (!Bun && !process?.versions?.node) return undefined
  return `${Bun ? 'Bun' : 'Node'} has no WebGPU of its own. Install the package webgpu (npm install webgpu) and give what it opens: import { create, globals } from "webgpu"; Object.assign(globalThis, globals); await openDevice({ gpu: create([]) }).`
}

function hasAdapters(gpu: unknown): boolean {
  try {
    return typeof (gpu as GPU | null)?.requestAdapter === 'function'
  } catch {
    return false
  }
}

/** Opens the GPU.
 * @throws SluiceError `bad-value` for a wrong option; `no-webgpu` where the browser has no WebGPU, `no-adapter` where it offers no adapter; the message
 * says which browser does. */
export async function openDevice(options: OpenOptions = {}): Promise<Gpu> {
  const { gpu = globalThis.navigator?.gpu, powerPreference, subgroups } = checkOptions('options', options, "{ powerPreference: 'high-performance' }", openNames)
  checkFlag('subgroups', subgroups)
  if (powerPreference !== undefined && powerPreference !== 'low-power' && powerPreference !== 'high-performance')
    throw new SluiceError('bad-value', `powerPreference is ${show(powerPreference)}, expected 'low-power' or 'high-performance'`)
  if (gpu === undefined) {
    const insecure = globalThis.isSecureContext === false
    throw new SluiceError(
      'no-webgpu',
      insecure
        ? 'This page is not in a secure context, so the browser hides WebGPU. Open it over https:// or on http://localhost.'
        : (outsideBrowsers() ??
            'This browser has no WebGPU. Chrome or Edge 113, Safari 26 and Firefox 147 (on Windows and on Macs with Apple silicon) or newer have it; on Linux, Chrome with most GPUs needs chrome://flags/#enable-unsafe-webgpu.'),
    )
  }
  if (!hasAdapters(gpu)) throw new SluiceError('bad-value', `gpu is ${show(gpu)}, expected a GPU such as navigator.gpu`)
  const adapter = await gpu.requestAdapter(powerPreference ? { powerPreference } : {}).catch(noAdapter('WebGPU could not look for an adapter'))
  if (!adapter)
    throw new SluiceError(
      'no-adapter',
      "WebGPU is there but found no adapter. Update the graphics driver, allow hardware acceleration in the browser's settings, or start Chrome with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader to run on the CPU.",
    )
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const requiredFeatures = optionalFeatures.filter((feature) => adapter.features.has(feature) && (feature !== 'subgroups' || subgroups !== false))
  const { name, isSoftware } = nameOf(adapter.info)
  const device = await adapter
    .requestDevice({ label: 'sluice', requiredFeatures, requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } })
    .catch(noAdapter(`the adapter ${name} gave no device`))
  const opened = new Gpu(device, name, isSoftware, () => openDevice(options))
  await opened.canUseQuads() // so that nothing later waits for it
  return opened
}
