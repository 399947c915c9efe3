// What flows through a graph: each axis of a value has a label, so that it can be told what a Transpose or a Reshape made of it.
import { SluiceError } from '../../errors'
import type { Source } from '../../spec'
import type { Constant } from './constants'

/** A stage of the network. */
export type Stage =
  /** Ids, or the vectors that the first layer reads. */
  | { readonly of: 'ids' | 'inputs' }
  /** The outputs of a layer at every step, or at the last one. */
  | { readonly of: 'steps' | 'last step'; readonly layer: number }
  /** Final states; `parts` along the axis that the stage names. */
  | { readonly of: 'final'; readonly state: 'h' | 'c'; readonly parts: readonly { readonly layer: number; readonly direction: number }[] }
  /** What a dense layer or the head computes, and the operators behind it so far; `at` says of what. */
  | { readonly of: 'dense'; readonly layer: number; readonly at: 'every' | 'last'; readonly ops: readonly string[] }
  /** Several of these side by side. */
  | { readonly of: 'joined'; readonly at: 'every' | 'last'; readonly sources: readonly Source[] }

/** A value that depends on the input of the model. A merged axis has the labels of its parts, joined by ` · `. */
export interface Flow {
  readonly kind: 'flow'
  readonly stage: Stage
  readonly axes: readonly string[]
}

/** Sizes by label, where the model says them. */
export type Sizes = Map<string, number>

/** The label of an axis of size 1. */
export const one = '1'
export const merge = (labels: readonly string[]): string => {
  const parts = labels.flatMap((label) => label.split(' · ')).filter((label) => label !== one)
  return parts.length > 0 ? parts.join(' · ') : one
}

/** The size of an axis; undefined where it is free. */
export function sizeOf(label: string, sizes: Sizes): number | undefined {
  const all = label.split(' · ').map((part) => (part === one ? 1 : sizes.get(part)))
  return all.some((size) => size === undefined) ? undefined : all.reduce<number>((n, size) => n * size!, 1)
}

/** Whether an axis has the size 1 and may be dropped. */
export const isOne = (label: string, sizes: Sizes): boolean => sizeOf(label, sizes) === 1

/** An element of a shape: a size, the label of an axis, or null where it is not known. */
export type ShapeItem = number | string | null

/** A shape under way: sizes, labels of axes, or null. */
export interface Shape {
  readonly kind: 'shape'
  readonly items: readonly ShapeItem[]
}
/** A tensor with one number throughout, or a state for all rows, of a shape that depends on the input. */
export interface Spread {
  readonly kind: 'spread'
  readonly of: Constant
}
/** What the network does not need, or cannot express: an error where it is needed. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
}
/** What is known of a tensor of the graph. */
export type Value = Constant | Flow | Shape | Spread | Refused

/** The axes after a Reshape: the shape's elements are given consecutive axes so that sizes and labels agree.
 * @throws SluiceError `bad-file` where there is no such way, or more than one. */
export function reshape(axes: readonly string[], shape: readonly ShapeItem[], sizes: Sizes, what: string): string[] {
  const parts = axes.flatMap((label) => label.split(' · ')).filter((label) => label !== one)
  const found = new Map<string, string[]>()
  const fits = (item: ShapeItem, group: readonly string[], index: number): boolean => {
    const label = merge(group)
    if (typeof item === 'string') return item === label
    if (item === null || item === -1) return true
    if (item === 0) return label === (axes[index] ?? null)
    const size = sizeOf(label, sizes)
    return size === undefined ? group.length > 0 : size === item
  }
  const place = (index: number, from: number, groups: readonly string[]): void => {
    if (index === shape.length) {
      if (from === parts.length) found.set(groups.join(' | '), [...groups])
      return
    }
    for (let to = from; to <= parts.length; to++) {
      const group = parts.slice(from, to)
      if (fits(shape[index]!, group, index)) place(index + 1, to, [...groups, merge(group)])
    }
  }
  // No more than a few axes: each way is tried.
  if (parts.length <= 8 && shape.length <= 8) place(0, 0, [])
  // An axis of size 1 may stand with either neighbour.
  const ways = [...found.values()]
  const distinct = ways.filter((way, i) => !ways.slice(0, i).some((other) => same(way, other, sizes)))
  if (distinct.length === 1) return ways[0]!
  throw new SluiceError(
    'bad-file',
    `${what} makes [${shape.map((item) => item ?? '?').join(', ')}] of [${axes.join(', ')}]${distinct.length > 1 ? ', in more than one way' : ', which mixes steps, rows and units'}. Export the model with free sizes of batch and time, or convert it by hand with network.writeParameters`,
  )
}

/** Whether two lists of axes are the same but for axes of size 1. */
const same = (a: readonly string[], b: readonly string[], sizes: Sizes): boolean => {
  const plain = (axes: readonly string[]) => axes.map((label) => merge(label.split(' · ').filter((part) => !isOne(part, sizes)))).join(' | ')
  return plain(a) === plain(b)
}
