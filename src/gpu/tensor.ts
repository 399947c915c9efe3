// A tensor on the GPU. People see its logical shape; in memory every dimension that a kernel reads four at a time is
// padded with zeros to a multiple of 4, so kernels load vec4f and need no edge cases. The zeros stay zeros: a padded
// unit has weights, bias and state 0, so its gate gradients and its updates are 0 as well (every cell, every optimizer).
import { readSafely, show, SluiceError } from '../errors'
import type { Gpu } from './device'
import type { View } from './view'

export const pad4 = (n: number): number => Math.ceil(n / 4) * 4

/** A dimension: its size, and whether it is padded to a multiple of 4 in memory. */
export interface Dimension {
  readonly size: number
  readonly padded: boolean
}

/** Dimensions from outermost to innermost: `dimensions('T', …)` reads best as `[plain(T), plain(B), padded(H)]`. */
export const plain = (size: number): Dimension => ({ size, padded: false })
export const padded = (size: number): Dimension => ({ size, padded: true })

const extent = ({ size, padded }: Dimension): number => (padded ? pad4(size) : size)
export const elements = (shape: readonly Dimension[]): number => shape.reduce((n, d) => n * d.size, 1)
export const paddedElements = (shape: readonly Dimension[]): number => shape.reduce((n, d) => n * extent(d), 1)

/** A tensor in a buffer of the GPU, with its shape and padding. */
export interface Tensor extends View {
  readonly label: string
  readonly shape: readonly Dimension[]
}

/** A tensor of zeros, or in a buffer of the caller's. */
export function tensor(gpu: Gpu, label: string, shape: readonly Dimension[], callers?: GPUBuffer): Tensor {
  const size = paddedElements(shape) * 4
  return { label, shape, buffer: gpu.own(label, size, callers), offset: 0, size }
}

/** Copies between the logical and the padded order, row by row of the innermost dimension. */
function copyRows(shape: readonly Dimension[], copy: (logical: number, memory: number, length: number) => void): void {
  const inner = shape[shape.length - 1]!
  const walk = (depth: number, logical: number, memory: number): void => {
    if (depth === shape.length - 1) return copy(logical * inner.size, memory * extent(inner), inner.size)
    const { size } = shape[depth]!
    for (let i = 0; i < size; i++) walk(depth + 1, logical * size + i, memory * extent(shape[depth]!) + i)
  }
  walk(0, 0, 0)
}

/** Logical values → memory, padding zero. @throws SluiceError `bad-shape` if there are too many or too few, `bad-value` for no numbers. */
export function pack(label: string, shape: readonly Dimension[], values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const expected = elements(shape)
  if (typeof values !== 'object' || values === null) throw new SluiceError('bad-value', `${label} is ${show(values)}, expected ${expected} numbers`)
  const length = readSafely(label, values, () => values.length)
  if (typeof length !== 'number') throw new SluiceError('bad-value', `${label} is ${show(values)}, expected ${expected} numbers`)
  if (length !== expected)
    throw new SluiceError('bad-shape', `${label}: ${length} values came, expected ${expected} for [${shape.map((d) => d.size).join(', ')}]`)
  const memory = new Float32Array(paddedElements(shape))
  const typed = values instanceof Float32Array ? values : readSafely(label, values, () => Float32Array.from({ length }, (_, i) => values[i]!))
  copyRows(shape, (logical, at, length) => memory.set(typed.subarray(logical, logical + length), at))
  return memory
}

/** Memory → logical values. */
export function unpack(shape: readonly Dimension[], memory: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(elements(shape))
  copyRows(shape, (logical, at, length) => values.set(memory.subarray(at, at + length), logical))
  return values
}

export function writeTensor(gpu: Gpu, tensor: Tensor, values: ArrayLike<number>): void {
  gpu.checkAlive()
  gpu.device.queue.writeBuffer(tensor.buffer, tensor.offset, pack(tensor.label, tensor.shape, values))
}

export async function readTensor(gpu: Gpu, tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
  return unpack(tensor.shape, new Float32Array(await gpu.read(tensor)))
}
