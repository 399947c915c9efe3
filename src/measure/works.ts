// What is measured, and how much arithmetic it is.
import { cellNames, cells, type CellName } from '../cells'
import type { NetworkSpec } from '../spec'

/** What a work does. */
export type Kind = 'train' | 'forward' | 'generate'
export const kinds: readonly Kind[] = ['train', 'forward', 'generate']

/** A work that is measured: a network and its sizes. */
export interface Work {
  readonly cell: CellName
  readonly B: number
  readonly T: number
  readonly V: number
  readonly H: number
  readonly layers: number
  readonly bidirectional: boolean
}

type Shape = Pick<Work, 'cell' | 'B' | 'T' | 'V' | 'H'> & Partial<Work>
export const work = (shape: Shape): Work => ({ layers: 1, bidirectional: false, ...shape })

const cellsMeasured = ['rnn', 'gru', 'gru-reset-after', 'lstm'] as const

/** The works of training and forward. */
export const works: readonly Work[] = [
  ...cellsMeasured.map((cell) => work({ cell, B: 32, T: 35, V: 28, H: 256 })),
  ...cellsMeasured.map((cell) => work({ cell, B: 32, T: 32, V: 64, H: 128 })),
  work({ cell: 'lstm', B: 50, T: 50, V: 65, H: 128, layers: 2 }),
  work({ cell: 'lstm', B: 32, T: 64, V: 65, H: 512 }),
  work({ cell: 'lstm', B: 32, T: 35, V: 28, H: 128, bidirectional: true }),
]

/** Those of them that a software adapter makes in milliseconds; an LSTM, which is the most common, before the others. */
export const shorter: readonly Work[] = works.filter(({ H, layers, bidirectional }) => H === 128 && layers === 1 && !bidirectional).toReversed()

/** For hardware: what a software adapter would need minutes for. */
export const larger: readonly Work[] = [
  ...[512, 1024].flatMap((H) => (['rnn', 'gru-reset-after', 'lstm'] as const).map((cell) => work({ cell, B: 32, T: 128, V: 64, H }))),
  work({ cell: 'lstm', B: 16, T: 256, V: 64, H: 768 }),
]

/** The works of writing, at batch 1; T is the number of characters written. */
export const writing: readonly Work[] = [work({ cell: 'lstm', B: 1, T: 256, V: 64, H: 256 })]

/** A name to choose it by, unique within its kind: `lstm-2x-b50-t50-v65-h128`. */
export const idOf = ({ cell, B, T, V, H, layers, bidirectional }: Work): string =>
  [bidirectional && 'bi', cell, layers > 1 && `${layers}x`, `b${B}`, `t${T}`, `v${V}`, `h${H}`].filter(Boolean).join('-')

/** The same for people: `LSTM × 2 B50 T50 V65 H128`. */
export const titleOf = ({ cell, B, T, V, H, layers, bidirectional }: Work): string => {
  const [name, ...more] = cell.split('-')
  const title = cell === 'rnn-relu' ? 'ReLU RNN' : [name!.toUpperCase(), ...more].join(' ')
  return `${bidirectional ? 'bidirectional ' : ''}${title}${layers > 1 ? ` × ${layers}` : ''} B${B} T${T} V${V} H${H}`
}

const names = [...works, ...larger, ...writing].map(idOf)

/** What idOf writes, said for people. */
export const grammar = `[bi-]CELL[-Lx]-bB-tT-vV-hH, such as lstm-2x-b50-t50-v65-h128; CELL: ${cellNames.join(', ')}; V at least 2`

/** The work that has this name, or undefined if idOf writes none like it. */
export function workOf(id: string): Work | undefined {
  const found = /^(bi-)?(.+?)(?:-(\d+)x)?-b(\d+)-t(\d+)-v(\d+)-h(\d+)$/.exec(id)
  const cell = cellNames.find((name) => name === found?.[2])
  if (!found || !cell) return undefined
  const [layers, B, T, V, H] = [found[3] ?? 1, ...found.slice(4)].map(Number) as [number, number, number, number, number]
  const named: Work = { cell, B, T, V, H, layers, bidirectional: found[1] !== undefined }
  return Math.min(layers, B, T, V - 1, H) >= 1 && idOf(named) === id ? named : undefined
}

/** What is measured of a kind, of the works named `ids`: those on the kind's list, and shapes on no list where they fit. */
export function worksOf(kind: Kind, ids: readonly string[]): Work[] {
  const listed: readonly Work[] = kind === 'generate' ? writing : [...works, ...larger]
  const others = ids.filter((id) => !names.includes(id)).flatMap((id) => workOf(id) ?? [])
  const fits = ({ B, bidirectional }: Work) => kind !== 'generate' || (B === 1 && !bidirectional)
  return [...listed.filter((work) => ids.includes(idOf(work))), ...others.filter(fits)]
}

/** Where a work stands on the lists; after them all if it is on none. */
export const placeOf = (id: string): number => names.indexOf(id) >>> 0

export const specOf = ({ cell, V, H, layers, bidirectional }: Work): NetworkSpec => ({
  input: { ids: V },
  layers: Array.from({ length: layers }, () => ({ cell, hidden: H, bidirectional })),
  head: { classes: V },
})

/** G, products of one step with the state (the gates, in every cell). */
export const gatesOf = (cell: CellName): number => cells[cell].gates.length

/** Floating point operations of the matrix products, two for each multiply-add. With D directions and G gates a layer
 * needs forward 2·T·B·D·G·H·H for the state and, but for the first, whose one-hot input is a look-up, 2·T·B·D·G·(D·H)·H
 * for what the layer below puts out; the head 2·T·B·(D·H)·V. Backward is twice forward: a gradient of the weights and
 * one of what they are multiplied with. */
export function flops(kind: Kind, { cell, T, B, H, V, layers, bidirectional }: Work): number {
  const D = bidirectional ? 2 : 1
  const G = gatesOf(cell)
  const state = layers * 2 * T * B * D * G * H * H
  const input = (layers - 1) * 2 * T * B * D * G * (D * H) * H
  const head = 2 * T * B * (D * H) * V
  return (kind === 'train' ? 3 : 1) * (state + input + head)
}

/** Ids read and ids to predict, [T, B] each: a cycle of characters with some irregularity, the same for everybody. */
export function data({ T, B, V }: Work): { inputs: Uint32Array; targets: Uint32Array } {
  const id = (t: number, b: number) => (t * t + 3 * t * b + 7 * b) % V
  const fill = (shift: number) => Uint32Array.from({ length: T * B }, (_, i) => id(Math.floor(i / B) + shift, i % B))
  return { inputs: fill(0), targets: fill(1) }
}
