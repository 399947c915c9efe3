// What the CPU sends for a step: ids, targets, lengths and the numbers that change from step to step lie in one buffer,
// so a batch is one write, which the GPU takes in after the step before.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { structOf, writeStruct, type StructField } from '../gpu/kernels'
import { pack, pad4, padded, plain } from '../gpu/tensor'
import { headSize, ignored, type NetworkSpec } from '../spec'

/** The numbers that change from step to step: shaders/lib/control.wgsl. */
export type Control = Readonly<Record<StructField<'loss/statistics', 'control'>, number>>

const control = () => structOf('loss/statistics', 'control')

/** All of them 0: what a run that is no training has. */
const noControl = (): Control => Object.fromEntries(Object.keys(control().fields).map((name) => [name, 0])) as unknown as Control

export interface BatchValues {
  /** Ids [T, B]. */
  readonly ids?: Uint32Array | undefined
  /** Ids (classes) or vectors (numbers) for each row of the head: [T, B] or [T, B, N]; at the last step [B] or [B, N].
   * Not counted: the id `ignored`, a vector with NaN in it, a place past the end of its row. */
  readonly targets?: Uint32Array | Float32Array | undefined
  /** Steps of each row, [B]; T for each unless given. */
  readonly lengths?: Uint32Array | undefined
  /** Weight of each row of the head in the loss; 1 for each unless given. */
  readonly weights?: Float32Array | undefined
  /** Weight of each class in the loss, [V]; 1 for each unless given. */
  readonly classWeights?: Float32Array | undefined
  /** All but `weight`, which follows from the targets. */
  readonly control?: Partial<Omit<Control, 'weight'>> | undefined
}

export class Batch {
  readonly control: View
  readonly lengths: View
  /** u32 [rows] for classes, f32 [rows, N] for numbers. */
  readonly targets: View
  /** f32 [rows]: the weight of a row; 0 for one of numbers that does not count. */
  readonly weights: View
  readonly classWeights: View
  /** One id more than is read: writing puts the next one there. */
  readonly ids: View
  /** The ids sorted: see `sortPositions`. */
  readonly starts: View
  readonly positions: View
  readonly buffer: GPUBuffer
  /** What `write` fills and sends; made by the first. */
  #staging: ArrayBuffer | null = null
  /** Whether the GPU has what a batch without ids, targets, weights and lengths sends: nothing of it changes from one to the next. */
  #isBlank = false
  /** Rows of the head. */
  readonly rows: number
  /** Of one counted target of the last batch in its loss: 1 / how many count, or their weights together; 0 if none counts. */
  weight = 0

  constructor(
    private readonly gpu: Gpu,
    private readonly spec: NetworkSpec,
    private readonly T: number,
    private readonly B: number,
  ) {
    const { head } = spec
    this.rows = !head ? 0 : head.at === 'last' ? B : T * B
    const V = 'ids' in spec.input ? spec.input.ids : 0
    const numbers = head && 'numbers' in head ? head.numbers : 0
    const sizes = {
      control: control().size,
      lengths: B * 4,
      targets: this.rows * (numbers ? pad4(numbers) : 1) * 4,
      weights: this.rows * 4,
      classWeights: numbers ? 0 : headSize(spec) * 4,
      ids: (T + 1) * B * 4,
      starts: (V + 1) * 4,
      positions: T * B * 4,
    }
    let bytes = 0
    const offsets = new Map<string, number>()
    for (const [name, size] of Object.entries(sizes)) {
      offsets.set(name, bytes)
      bytes = Math.ceil((bytes + Math.max(size, 16)) / 256) * 256
    }
    this.buffer = gpu.buffer('batch', bytes)
    const view = (name: keyof typeof sizes): View => ({ buffer: this.buffer, offset: offsets.get(name)!, size: Math.max(sizes[name], 16) })
    this.control = view('control')
    this.lengths = view('lengths')
    this.targets = view('targets')
    this.weights = view('weights')
    this.classWeights = view('classWeights')
    this.ids = view('ids')
    this.starts = view('starts')
    this.positions = view('positions')
  }

  get #memory(): ArrayBuffer {
    return (this.#staging ??= new ArrayBuffer(this.buffer.size))
  }

  #u32({ offset, size }: View): Uint32Array {
    return new Uint32Array(this.#memory, offset, size / 4)
  }

  #f32({ offset, size }: View): Float32Array {
    return new Float32Array(this.#memory, offset, size / 4)
  }

  /** Sends a batch. The loss is the mean over the targets that count, each with its weight. */
  write({ ids, targets, lengths, weights, classWeights, control: values }: BatchValues): void {
    this.gpu.checkAlive()
    const isBlank = !ids && !targets && !lengths && !weights && !classWeights && !values
    if (isBlank && this.#isBlank) return
    this.#isBlank = isBlank
    if (lengths) this.#u32(this.lengths).set(lengths)
    else this.#u32(this.lengths).fill(this.T)
    if (weights) this.#f32(this.weights).set(weights)
    else this.#f32(this.weights).fill(1)
    if (classWeights) this.#f32(this.classWeights).set(classWeights)
    else this.#f32(this.classWeights).fill(1)
    if (ids) {
      const read = this.#u32(this.ids).subarray(0, ids.length)
      read.set(ids)
      // Past the end of a row there may be anything, and nothing comes of it; but it is looked up, and sorted.
      if (lengths && 'ids' in this.spec.input) for (let n = 0; n < read.length; n++) if (read[n]! >= this.spec.input.ids) read[n] = 0
      sortPositions(read, this.#u32(this.starts), this.#u32(this.positions))
    }
    const total = !targets ? 0 : 'classes' in this.spec.head! ? this.#classes(targets as Uint32Array) : this.#numbers(targets as Float32Array)
    this.weight = total > 0 ? 1 / total : 0
    writeStruct(new DataView(this.#memory), this.control.offset, control().fields, { ...noControl(), ...values, weight: this.weight })
    this.gpu.device.queue.writeBuffer(this.buffer, 0, this.#memory)
  }

  /** Sends other numbers with the same batch. */
  writeControl(values: Partial<Control>): void {
    this.#isBlank = false
    const { offset, size } = this.control
    writeStruct(new DataView(this.#memory), offset, control().fields, { ...noControl(), ...values })
    this.gpu.device.queue.writeBuffer(this.buffer, offset, this.#memory, offset, size)
  }

  /** Whether row n of the head lies within its sequence. */
  #inside(n: number): boolean {
    return this.spec.head?.at === 'last' || Math.floor(n / this.B) < this.#u32(this.lengths)[n % this.B]!
  }

  /** Places the targets; returns the weights of those that count, together. */
  #classes(targets: Uint32Array): number {
    const [to, weights, ofClasses, V] = [this.#u32(this.targets), this.#f32(this.weights), this.#f32(this.classWeights), headSize(this.spec)]
    let total = 0
    targets.forEach((target, n) => {
      const counts = target < V && this.#inside(n) && weights[n]! > 0 // V or more is `ignored`, as was checked
      to[n] = counts ? target : ignored
      if (counts) total += weights[n]! * ofClasses[target]!
    })
    return total
  }

  /** Places the targets; returns how many numbers count, by the weights of their rows. */
  #numbers(targets: Float32Array): number {
    const N = headSize(this.spec)
    this.#f32(this.targets).set(pack('targets', [plain(this.rows), padded(N)], targets))
    const weights = this.#f32(this.weights)
    let total = 0
    for (let n = 0; n < this.rows; n++) {
      const counts = this.#inside(n) && !targets.subarray(n * N, (n + 1) * N).some(Number.isNaN)
      if (counts) total += weights[n]! * N
      else weights[n] = 0
    }
    return total
  }
}

/** Zeros whatever lies past the end of a row, in values [T, B, …]. */
export function maskRows<V extends Float32Array>(
  values: V,
  { steps, batch, lengths }: { readonly steps: number; readonly batch: number; readonly lengths?: Uint32Array | undefined },
): V {
  if (!lengths) return values
  const masked = values.slice() as V
  const width = values.length / (steps * batch)
  for (let n = 0; n < steps * batch; n++) if (Math.floor(n / batch) >= lengths[n % batch]!) masked.fill(0, n * width, (n + 1) * width)
  return masked
}

/** A counting sort of positions by id: starts[v] … starts[v + 1] − 1 are the places in `positions` of those with id v. */
export function sortPositions(ids: Uint32Array, starts: Uint32Array, positions: Uint32Array): void {
  starts.fill(0)
  for (const id of ids) starts[id + 1]!++
  for (let v = 1; v < starts.length; v++) starts[v]! += starts[v - 1]!
  const next = starts.slice()
  ids.forEach((id, n) => (positions[next[id]!++] = n))
}
