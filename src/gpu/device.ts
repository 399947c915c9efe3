// The GPU, as networks use it. One Gpu can serve many; it keeps the pipelines they share.
import { guardMethods } from '../proxy-guard'
import { Allocator, checkBuffer, largestBuffer } from './allocator'
import type { KernelName } from './kernels'
import { Lifetime } from './lifetime'
import { quadsAreNeighbours } from './quads'
import { Readback } from './readback'
import { adapterKind, type AdapterKind } from './strategy'
import { tuningOf, type Tuning } from './tuning'
import type { View } from './view'

/** A WebGPU device, as networks use it. One can serve many networks, which share its compiled kernels. */
export class Gpu {
  /** Pipelines by kernel and constants, shared by all plans on this device.
   * @internal */
  readonly pipelines = new Map<string, Promise<GPUComputePipeline>>()
  /** Bind group layouts by kernel.
   * @internal */
  readonly layouts = new Map<KernelName, GPUBindGroupLayout>()
  /** @internal */
  readonly readback: Readback
  /** Resolves with a sentence when the device is lost, however that comes about. */
  readonly lost: Promise<string>
  readonly #lifetime: Lifetime<Gpu>
  readonly #allocator: Allocator
  #canUseQuads: Promise<boolean> | null = null

  constructor(
    readonly device: GPUDevice,
    /** The adapter in words, as the browser names it. */
    readonly adapterName: string,
    /** Whether the adapter is a program on the CPU (SwiftShader, llvmpipe, WARP): right, but slow. */
    readonly isSoftware: boolean,
    /** Opens another like it; null where only whoever opened it knows how. */
    open: (() => Promise<Gpu>) | null = null,
    /** Whether its kernels are checked before the first training.
     * @internal */
    readonly checks = false,
  ) {
    guardMethods(this, Gpu)
    this.#lifetime = new Lifetime(device, open)
    this.lost = this.#lifetime.lost
    this.#allocator = new Allocator(device, adapterName, this.#lifetime)
    this.readback = new Readback(device, this.#lifetime)
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
    const { width, reductionWidth } = this.tuning
    return (this.#canUseQuads ??= this.subgroups ? quadsAreNeighbours(this.device, [...new Set([width, reductionWidth])]) : Promise.resolve(false))
  }

  /** What the adapter is to the kernels.
   * @internal */
  get kind(): AdapterKind {
    return adapterKind(this.isSoftware, this.adapterName)
  }

  /** @internal */
  get tuning(): Tuning {
    return tuningOf(this.kind)
  }

  /** Bytes of the largest buffer that kernels can use as a whole. */
  get largestBuffer(): number {
    return largestBuffer(this.device)
  }

  /** A buffer of zeros.
   * @internal
   * @throws SluiceError `too-large` if the device's limits do not allow it. */
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags = 0): GPUBuffer {
    return this.#allocator.buffer(label, bytes, usage)
  }

  /** A buffer as it is described.
   * @internal */
  allocate(descriptor: GPUBufferDescriptor): GPUBuffer {
    return this.#allocator.allocate(descriptor)
  }

  /** The caller's buffer if one came and will do, else a new one.
   * @internal
   * @throws SluiceError `bad-shape`, `bad-value` for a buffer too small or without the usages needed. */
  own(label: string, bytes: number, callers?: GPUBuffer): GPUBuffer {
    if (!callers) return this.buffer(label, bytes)
    checkBuffer(label, bytes, callers)
    return callers
  }

  /** See `Allocator.checked`.
   * @internal */
  checked<Result>(what: string, work: () => Result): Promise<Result> {
    return this.#allocator.checked(what, work)
  }

  /** Copies a view to the CPU, in a submit of its own.
   * @internal */
  read(view: View): Promise<ArrayBuffer> {
    return this.readback.read(view)
  }

  /** Waits for what WebGPU says when queued work is done.
   * @internal */
  whenDone<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return this.readback.whenDone(answer)
  }

  /** @internal
   * @throws SluiceError `device-lost` once the device is gone. */
  checkAlive(): void {
    this.#lifetime.checkAlive()
  }

  /** Whether the device is gone, after an error that may come of it: the browser may tell so a moment later.
   * @param patience milliseconds to wait for that */
  isLost(patience = 100): Promise<boolean> {
    return this.#lifetime.isLost(patience)
  }

  /** Whether the loss of the device has been told.
   * @internal */
  get isGone(): boolean {
    return this.#lifetime.isGone
  }

  /** Whether it was closed by a `destroy`, of this object or of its GPUDevice, and not lost by itself. */
  get isClosed(): boolean {
    return this.#lifetime.isClosed
  }

  /** Whether it can be opened again. One that was adopted cannot: only whoever opened it knows how. */
  get canReopen(): boolean {
    return this.#lifetime.canReopen
  }

  /** A device in place of this one, which was lost: opened with the same options, once for all who ask, and closed with this one.
   * For a few seconds it is tried again and again.
   * @throws SluiceError `device-lost` if this one was closed, and what `openDevice` throws; then it may be asked for again. */
  reopened(): Promise<Gpu> {
    return this.#lifetime.reopened()
  }

  /** Closes the device, and the one in its place if it was opened again. */
  destroy(): void {
    this.#lifetime.destroy()
  }
}
