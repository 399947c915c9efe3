// The whole network: input, recurrent layers, output layer; forward, and backward to every parameter.
import { cells } from '../cells'
import { directions, parameterShapes, type NetworkSpec } from '../spec'
import { zeroState, type State } from './cell'
import { layerBackward, layerForward, type LayerGradients, type LayerTrace, type LayerWeights } from './layer'
import { crossEntropy, type Loss } from './loss'
import { addOuterProduct, add, addProduct, addTransposedProduct } from './products'

/** Values, or gradients, by parameter name, in the shapes of `parameterShapes`. */
export type Parameters = Map<string, Float64Array>

export type Inputs =
  /** Ids [T, B], for a network that reads ids. */
  | { readonly ids: Uint32Array }
  /** Vectors [T, B, I], for a network that reads features. */
  | { readonly features: Float64Array }

export interface ForwardOptions {
  /** B, sequences side by side. */
  readonly batch: number
  /** Steps of each sequence, [B], zero allowed; default T for all. */
  readonly lengths?: ArrayLike<number>
  /** Initial states by layer, each [B, D, H]; zero unless given. */
  readonly initial?: readonly (Partial<State> | undefined)[]
}

export interface Forward {
  /** T. */
  readonly steps: number
  /** B. */
  readonly batch: number
  readonly inputs: Inputs
  /** Each layer's gates, states and outputs. The first one's `x` is one-hot ids, embedded ids, or the features. */
  readonly layers: readonly LayerTrace[]
  /** Outputs of the last layer, [T, B, D, H]. */
  readonly outputs: Float64Array
  /** [T, B, V]. */
  readonly logits: Float64Array
  /** Final states by layer, each [B, D, H]. */
  readonly final: readonly State[]
}

/** What is known of the loss's gradient; whatever is left out is zero. */
export interface GivenGradients {
  /** dL/d(logits), [T, B, V]. */
  readonly logits?: Float64Array
  /** dL/d(outputs of the last layer) beside what comes through the logits, [T, B, D, H]. */
  readonly outputs?: Float64Array
  /** dL/dhT and dL/dcT by layer, each [B, D, H]. */
  readonly final?: readonly (Partial<State> | undefined)[]
}

export interface Gradients {
  /** Of every parameter, by name. */
  readonly parameters: Parameters
  /** dL/dx, [T, B, I]; null for a network that reads ids. */
  readonly features: Float64Array | null
  /** dL/dh0 and dL/dc0 by layer, each [B, D, H]. */
  readonly initial: readonly State[]
  /** Each layer's gradients in the making: dL/dh_t of every step, and dL/d(x W + b). */
  readonly layers: readonly LayerGradients[]
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** Parameters of the network that are all zero. */
export function zeroParameters(spec: NetworkSpec): Parameters {
  return new Map([...parameterShapes(spec)].map(([name, shape]) => [name, new Float64Array(size(shape))]))
}

function checkParameters(spec: NetworkSpec, parameters: Parameters): void {
  for (const [name, shape] of parameterShapes(spec)) checkLength(name, parameters.get(name), size(shape))
}

function checkLength(name: string, array: { readonly length: number } | undefined, length: number): void {
  if (array?.length !== length) throw new RangeError(`${name} has ${array?.length ?? 'no'} numbers, expected ${length}`)
}

function layerWeights(parameters: Parameters, l: number): LayerWeights {
  const get = (name: string) => parameters.get(`layers.${l}.${name}`)
  return { W: get('W')!, U: get('U')!, b: get('b') ?? null, bn: get('bn') ?? null }
}

/** States by layer, those not given zero. */
function completeStates(spec: NetworkSpec, batch: number, given: readonly (Partial<State> | undefined)[] = []): State[] {
  return spec.layers.map((layer, l) => {
    const state = zeroState(layer.cell, batch * directions(layer) * layer.hidden)
    for (const name of cells[layer.cell].states) {
      const values = given[l]?.[name]
      if (!values) continue
      checkLength(`state ${name} of layer ${l}`, values, state.h.length)
      state[name]!.set(values)
    }
    return state
  })
}

/** What the first layer reads, [T, B, I]. */
function firstInput({ input }: NetworkSpec, parameters: Parameters, inputs: Inputs): Float64Array {
  if ('features' in input) {
    if (!('features' in inputs)) throw new RangeError('this network reads features, and ids came')
    return inputs.features
  }
  if (!('ids' in inputs)) throw new RangeError('this network reads ids, and features came')
  const I = input.embedding ?? input.ids
  const x = new Float64Array(inputs.ids.length * I)
  inputs.ids.forEach((id, at) => {
    if (id >= input.ids) throw new RangeError(`ids[${at}] is ${id}, expected less than ${input.ids}`)
    if (input.embedding) x.set(parameters.get('embedding')!.subarray(id * I, (id + 1) * I), at * I)
    else x[at * I + id] = 1
  })
  return x
}

export function forward(spec: NetworkSpec, parameters: Parameters, inputs: Inputs, options: ForwardOptions): Forward {
  const { batch: B } = options
  checkParameters(spec, parameters)
  const T = 'ids' in inputs ? inputs.ids.length / B : inputs.features.length / B / ('features' in spec.input ? spec.input.features : 1)
  if (!Number.isInteger(T)) throw new RangeError(`the inputs are not [T, ${B}] or [T, ${B}, I]`)
  const lengths = options.lengths ?? new Uint32Array(B).fill(T)
  checkLength('lengths', lengths, B)
  if (Array.from(lengths).some((length) => length > T)) throw new RangeError(`a length is greater than ${T}, the steps`)
  const initial = completeStates(spec, B, options.initial)

  const layers: LayerTrace[] = []
  let x = firstInput(spec, parameters, inputs)
  spec.layers.forEach((layer, l) => {
    const trace = layerForward(layer, layerWeights(parameters, l), { x, steps: T, batch: B, lengths, initial: initial[l]! })
    layers.push(trace)
    x = trace.outputs // [T, B, D, H] is [T, B, D·H]
  })

  // O = H W_q + b_q
  const V = spec.head.classes
  const DH = parameters.get('head.W')!.length / V
  const logits = new Float64Array(T * B * V)
  for (let at = 0; at < T * B; at++) {
    const o = logits.subarray(at * V, (at + 1) * V)
    o.set(parameters.get('head.b')!)
    addProduct(o, x.subarray(at * DH, (at + 1) * DH), { data: parameters.get('head.W')!, offset: 0, stride: V })
  }
  return { steps: T, batch: B, inputs, layers, outputs: x, logits, final: layers.map(({ final }) => final) }
}

export function backward(spec: NetworkSpec, parameters: Parameters, run: Forward, given: GivenGradients): Gradients {
  const { steps: T, batch: B, inputs, outputs, logits } = run
  const sums = zeroParameters(spec)
  const dfinal = completeStates(spec, B, given.final)
  const dlogits = given.logits ?? new Float64Array(logits.length)
  let dy: Float64Array = given.outputs?.slice() ?? new Float64Array(outputs.length)
  checkLength('the gradient of the logits', dlogits, logits.length)
  checkLength('the gradient of the outputs', dy, outputs.length)

  // dW_q = Hᵀ dO;  db_q = Σ dO;  dH = dO W_qᵀ
  const V = spec.head.classes
  const DH = parameters.get('head.W')!.length / V
  for (let at = 0; at < T * B; at++) {
    const dO = dlogits.subarray(at * V, (at + 1) * V)
    addOuterProduct({ data: sums.get('head.W')!, offset: 0, stride: V }, outputs.subarray(at * DH, (at + 1) * DH), dO)
    add(sums.get('head.b')!, dO)
    addTransposedProduct(dy.subarray(at * DH, (at + 1) * DH), dO, { data: parameters.get('head.W')!, offset: 0, stride: V })
  }

  const layers: LayerGradients[] = []
  for (let l = spec.layers.length - 1; l >= 0; l--) {
    const wantInput = l > 0 || 'features' in spec.input || spec.input.embedding !== undefined
    const made = layerBackward(
      spec.layers[l]!, layerWeights(parameters, l), run.layers[l]!, { outputs: dy, final: dfinal[l]! }, layerWeights(sums, l), wantInput,
    )
    layers.unshift(made)
    if (made.x) dy = made.x
  }

  const E = 'ids' in spec.input ? spec.input.embedding : undefined
  if (E && 'ids' in inputs) {
    const sum = sums.get('embedding')!
    inputs.ids.forEach((id, at) => add(sum.subarray(id * E, (id + 1) * E), dy.subarray(at * E, (at + 1) * E)))
  }
  return {
    parameters: sums,
    features: 'features' in spec.input ? dy : null,
    initial: layers.map(({ initial }) => initial),
    layers,
  }
}

/** Forward, loss and backward: one training step but for the update. Targets [T, B]. */
export function lossAndGradients(
  spec: NetworkSpec, parameters: Parameters, inputs: Inputs, targets: ArrayLike<number>, options: ForwardOptions,
): { readonly forward: Forward; readonly loss: Loss; readonly gradients: Gradients } {
  const run = forward(spec, parameters, inputs, options)
  const { lengths } = options
  const loss = crossEntropy(run.logits, targets, { classes: spec.head.classes, ...(lengths && { lengths }) })
  return { forward: run, loss, gradients: backward(spec, parameters, run, { logits: loss.gradient }) }
}
