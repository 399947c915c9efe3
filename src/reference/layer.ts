// One recurrent layer over all steps, both directions, with sequences of different lengths; and its gradients. P is the size of h: H, unless
// the layer projects it.
//
// Direction 1, and the only one of a layer that says so, reads time backwards. At a step past the end of a sequence, or one that a mask skips, the state is carried unchanged and the output
// is zero, so direction 1 in effect starts at the sequence's own end.
import { cells } from '../cells'
import { directions, readsBackwards, stateSize, type LayerSpec } from '../spec'
import { functionsOf, references, zeroState, type RecurrentWeights, type State, type Step } from './cells'
import { add, addOuterProduct, addProduct, addTransposedProduct, type Matrix } from './products'

/** Values, or gradients, of one layer's parameters, as `parameterShapes` has them. */
export interface LayerWeights {
  readonly W: Float64Array // [I, D, G, H]
  readonly U: Float64Array // [D, P, G, H]
  readonly b: Float64Array | null // [D, G, H]
  readonly bn: Float64Array | null // [D, H]
  readonly p: Float64Array | null // [D, 3, H]
  readonly R: Float64Array | null // [D, H, P]
}

export interface LayerInput {
  /** What the layer reads, [T, B, I]. */
  readonly x: Float64Array
  readonly steps: number
  readonly batch: number
  /** Steps of each sequence, [B]. */
  readonly lengths: ArrayLike<number>
  /** Steps that are read, [T, B]; default all within the lengths. The state is carried over a step where it is 0, as it is past the end. */
  readonly mask?: ArrayLike<number>
  /** h is [B, D, P], c [B, D, H]. */
  readonly initial: State
  /** What the input [B, D, I] and the state before U [B, D, P] are multiplied by at every step; nothing unless given. */
  readonly masks?: { readonly input: Float64Array | null; readonly state: Float64Array | null }
}

/** All that a layer's run computed, for inspection and for backward. */
export interface LayerTrace extends LayerInput {
  /** Gates after their activations, [T, B, D, G, H]; zero past the end of a sequence. */
  readonly gates: Float64Array
  /** What `saved` of src/cells names, [T, B, D, H]; zero past the end of a sequence. */
  readonly saved: Float64Array | null
  /** States after each step, h [T, B, D, P] and c [T, B, D, H]; carried past the end of a sequence. */
  readonly states: State
  /** h, but zero past the end of a sequence, [T, B, D, P]. */
  readonly outputs: Float64Array
  /** States at the end of each sequence (for direction 1: at its beginning), h [B, D, P] and c [B, D, H]. */
  readonly final: State
}

export interface LayerGradients {
  /** dL/dh of each step, over all its uses, [T, B, D, P] (LSTM: for constant c); zero past the end of a sequence. */
  readonly h: Float64Array
  /** dL/d(x W + b), [T, B, D, G, H]; zero past the end of a sequence. */
  readonly pre: Float64Array
  /** dL/dx, [T, B, I]; null unless asked for. */
  readonly x: Float64Array | null
  /** dL/dh0 [B, D, P] and dL/dc0 [B, D, H]. */
  readonly initial: State
}

/** The i-th row of `size` numbers. */
const row = (array: Float64Array, i: number, size: number) => array.subarray(i * size, (i + 1) * size)
const stateRow = ({ h, c }: State, i: number, { P, H }: { readonly P: number; readonly H: number }): State => ({
  h: row(h, i, P),
  ...(c && { c: row(c, i, H) }),
})
const copyState = ({ h, c }: State): State => ({ h: h.slice(), ...(c && { c: c.slice() }) })

function setState(to: State, from: State): void {
  to.h.set(from.h)
  to.c?.set(from.c!)
}

/** Whether step t of sequence n is read. */
const readsOf =
  ({ batch, lengths, mask }: LayerInput) =>
  (t: number, n: number): boolean =>
    t < lengths[n]! && mask?.[t * batch + n] !== 0

function sizes(layer: LayerSpec, { W }: LayerWeights) {
  const [D, H, P] = [directions(layer), layer.hidden, stateSize(layer, 'h')]
  const GH = cells[layer.cell].gates.length * H
  return { D, H, P, GH, I: W.length / (D * GH) }
}

/** The weights of direction d, as row n of the batch meets them. */
function directionOf(layer: LayerSpec, weights: LayerWeights, { masks }: LayerInput, d: number, n: number) {
  const { W, U, b, bn, p, R } = weights
  const { D, H, P, GH, I } = sizes(layer, weights)
  const masked = (mask: Float64Array | null | undefined, width: number) => (mask ? { mask: row(mask, n * D + d, width) } : {})
  return {
    W: { data: W, offset: d * GH, stride: D * GH, ...masked(masks?.input, I) } satisfies Matrix,
    b: b && row(b, d, GH),
    recurrent: {
      U: { data: U, offset: d * P * GH, stride: GH, ...masked(masks?.state, P) },
      bn: bn && row(bn, d, H),
      p: p && row(p, d, 3 * H),
      R: R && { data: R, offset: d * H * P, stride: P },
      functions: functionsOf(layer),
    } satisfies RecurrentWeights,
  }
}

export function layerForward(layer: LayerSpec, weights: LayerWeights, input: LayerInput): LayerTrace {
  const { x, steps: T, batch: B, initial } = input
  const { cell } = layer
  const reads = readsOf(input)
  const { D, H, P, GH, I } = sizes(layer, weights)
  const gates = new Float64Array(T * B * D * GH)
  const saved = cells[cell].saved ? new Float64Array(T * B * D * H) : null
  const states = zeroState(layer, T * B * D)
  const outputs = new Float64Array(T * B * D * P)
  const final = copyState(initial)
  for (let d = 0; d < D; d++) {
    const back = readsBackwards(layer, d)
    for (let n = 0; n < B; n++) {
      const { W, b, recurrent } = directionOf(layer, weights, input, d, n)
      const state = stateRow(final, n * D + d, { P, H }) // the state so far; in the end the final one
      for (let s = 0; s < T; s++) {
        const t = back ? T - 1 - s : s
        const index = (t * B + n) * D + d
        if (reads(t, n)) {
          const pre = new Float64Array(GH)
          if (b) pre.set(b)
          addProduct(pre, row(x, t * B + n, I), W)
          const step = references[cell].forward(recurrent, pre, state)
          setState(state, step.state)
          row(gates, index, GH).set(step.gates)
          if (saved) row(saved, index, H).set(step.saved!)
          row(outputs, index, P).set(step.state.h)
        }
        setState(stateRow(states, index, { P, H }), state)
      }
    }
  }
  return { ...input, gates, saved, states, outputs, final }
}

/** Backward through time. `outer` has the gradients of the outputs [T, B, D, P] and of the final states. The gradients of
 * the layer's parameters are added to `sums`. */
export function layerBackward(
  layer: LayerSpec,
  weights: LayerWeights,
  trace: LayerTrace,
  outer: { readonly outputs: Float64Array; readonly final: State },
  sums: LayerWeights,
  wantInput: boolean,
): LayerGradients {
  const { x, steps: T, batch: B, initial, gates, saved, states } = trace
  const reads = readsOf(trace)
  const { cell } = layer
  const { D, H, P, GH, I } = sizes(layer, weights)
  const dh = new Float64Array(T * B * D * P)
  const dpre = new Float64Array(T * B * D * GH)
  const dx = wantInput ? new Float64Array(x.length) : null
  const dinitial = copyState(outer.final)
  for (let d = 0; d < D; d++) {
    const back = readsBackwards(layer, d)
    for (let n = 0; n < B; n++) {
      const { W, recurrent } = directionOf(layer, weights, trace, d, n)
      const into = directionOf(layer, sums, trace, d, n)
      const dstate = stateRow(dinitial, n * D + d, { P, H }) // the gradient so far; in the end that of the initial state
      for (let s = T - 1; s >= 0; s--) {
        const t = back ? T - 1 - s : s
        if (!reads(t, n)) continue
        const index = (t * B + n) * D + d
        const input = row(x, t * B + n, I)
        const previous = back ? t + 1 : t - 1
        const before = s === 0 ? stateRow(initial, n * D + d, { P, H }) : stateRow(states, (previous * B + n) * D + d, { P, H })
        const step: Step = { gates: row(gates, index, GH), saved: saved && row(saved, index, H), state: stateRow(states, index, { P, H }) }
        add(dstate.h, row(outer.outputs, index, P))
        row(dh, index, P).set(dstate.h)
        const gradient = references[cell].backward(recurrent, { before, step, after: dstate, sums: into.recurrent })
        setState(dstate, gradient.before)
        row(dpre, index, GH).set(gradient.pre)
        addOuterProduct(into.W, input, gradient.pre)
        if (into.b) add(into.b, gradient.pre)
        if (dx) addTransposedProduct(row(dx, t * B + n, I), gradient.pre, W)
      }
    }
  }
  return { h: dh, pre: dpre, x: dx, initial: dinitial }
}
