// What a cell's float64 reference is: one step, forward and backward, for one sequence and one direction.
//
// x is a row vector; h' and c' are the states before the step, ⊙ multiplies element by element, σ is the logistic
// function. `pre` is what the input brings, x W + b, for all gates [G, H]. A gradient dv is dL/dv.
import { hardSlope, type LayerSpec } from '../../spec'
import type { Matrix } from '../products'

export interface State {
  readonly h: Float64Array
  /** Of a cell that has one. */
  readonly c?: Float64Array
}

export interface Step {
  /** Gates after their activations, [G, H], in the order of src/cells. */
  readonly gates: Float64Array
  /** What `saved` of src/cells names, [H]. */
  readonly saved: Float64Array | null
  /** States after the step, each [H]; h is [P] where it is projected. */
  readonly state: State
}

export interface RecurrentWeights {
  /** U, [H, G·H], or [P, G·H] where h is projected. */
  readonly U: Matrix
  /** b'_n, [H]; null where the cell or the layer has none. */
  readonly bn: Float64Array | null
  /** Peepholes of i f o, [3, H]; null where the layer has none. */
  readonly p?: Float64Array | null
  /** Projection of h, [H, P]; null where the layer has none. */
  readonly R?: Matrix | null
  /** Functions of the gates and of the candidate; σ and tanh unless given. */
  readonly functions?: Functions
}

/** A function with its derivative, from its value. */
export interface Activation {
  readonly of: (a: number) => number
  readonly derivative: (y: number) => number
}

/** The functions of a cell. */
export interface Functions {
  readonly gate: Activation
  readonly candidate: Activation
}

export interface StepGradient {
  /** dL/d(x W + b), [G, H]. */
  readonly pre: Float64Array
  /** dL/dh' and dL/dc'. */
  readonly before: State
}

/** The operands of a step backward: the states before it, the step itself, the gradient of the states after it, and the sums that
 * the gradients of U, b'_n and p are added to. */
export interface Backward {
  readonly before: State
  readonly step: Step
  readonly after: State
  readonly sums: RecurrentWeights
}

export interface CellReference {
  /** One step. `pre` is left as it is. */
  forward(weights: RecurrentWeights, pre: Float64Array, before: State): Step
  /** From dL/dh and dL/dc after the step to those before it. */
  backward(weights: RecurrentWeights, operands: Backward): StepGradient
}

export const sigmoid = (a: number): number => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a)))
/** Derivatives, from the value of the activation. */
export const sigmoidDerivative = (y: number): number => y * (1 - y)
export const tanhDerivative = (y: number): number => 1 - y ** 2

export const relu: Activation = { of: (a) => Math.max(0, a), derivative: (y) => (y > 0 ? 1 : 0) }
const hardSigmoid = (slope: number): Activation => ({
  of: (a) => Math.min(1, Math.max(0, slope * a + 0.5)),
  derivative: (y) => (y > 0 && y < 1 ? slope : 0),
})

/** σ and tanh. */
export const usual: Functions = { gate: { of: sigmoid, derivative: sigmoidDerivative }, candidate: { of: Math.tanh, derivative: tanhDerivative } }

/** Those of a layer. */
export function functionsOf(layer: LayerSpec): Functions {
  const slope = hardSlope(layer)
  return { gate: slope === null ? usual.gate : hardSigmoid(slope), candidate: layer.activation === 'relu' ? relu : usual.candidate }
}

/** The rows of [G, H]: one a gate. */
export const gatesOf = (values: Float64Array, H: number): Float64Array[] =>
  Array.from({ length: values.length / H }, (_, g) => values.subarray(g * H, (g + 1) * H))
