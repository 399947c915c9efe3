// The whole network: input, recurrent layers, output layer; forward, and backward to every parameter.
import { cells } from '../cells'
import { uniform } from '../random'
import { directions, headSize, outputSize, parameterShapes, type NetworkSpec } from '../spec'
import { zeroState, type State } from './cells'
import { layerBackward, layerForward, type LayerGradients, type LayerTrace, type LayerWeights } from './layer'
import { mergeDirections, splitDirections } from './merge'
import { crossEntropy, numbersLoss, type Loss } from './loss'
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
  /** Steps that are read, [T, B]: where it is 0 the state is carried. Default all. */
  readonly mask?: ArrayLike<number>
  /** Initial states by layer, each [B, D, H]; the learned ones, or zero, unless given. */
  readonly initial?: readonly (Partial<State> | undefined)[]
  /** Drops with this seed; no dropout unless given. */
  readonly dropoutSeed?: number
}

export interface Forward {
  /** T. */
  readonly steps: number
  /** B. */
  readonly batch: number
  readonly inputs: Inputs
  /** Each layer's gates, states and outputs. The first one's `x` is one-hot ids, embedded ids, or the features. */
  readonly layers: readonly LayerTrace[]
  /** Outputs of the last layer, [T, B, D, H], or [T, B, H] where its directions are merged. */
  readonly outputs: Float64Array
  /** [T, B, V], or [B, V] for a head at the last step; empty without a head. */
  readonly logits: Float64Array
  /** What the head reads: outputs [T, B, D·H], or final states [B, D·H]. */
  readonly headInput: Float64Array
  /** By layer, what its outputs are multiplied by on the way to the next, [T, B, D, H]; null where nothing is dropped. */
  readonly masks: readonly (Float64Array | null)[]
  /** By layer, the initial states that came with the run. */
  readonly initial: readonly Partial<State>[]
  /** Final states by layer, each [B, D, H]. */
  readonly final: readonly State[]
}

/** Where the gradient of the loss enters; what is left out is zero. */
export interface OuterGradients {
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
  return { W: get('W')!, U: get('U')!, b: get('b') ?? null, bn: get('bn') ?? null, p: get('p') ?? null }
}

/** States by layer; those left out are zero. */
function completeStates(spec: NetworkSpec, batch: number, states: readonly (Partial<State> | undefined)[] = []): State[] {
  return spec.layers.map((layer, l) => {
    const state = zeroState(layer.cell, batch * directions(layer) * layer.hidden)
    for (const name of cells[layer.cell].states) {
      const values = states[l]?.[name]
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
  inputs.ids.forEach((id, row) => {
    if (id >= input.ids) throw new RangeError(`ids[${row}] is ${id}, expected less than ${input.ids}`)
    if (input.embedding) x.set(parameters.get('embedding')!.subarray(id * I, (id + 1) * I), row * I)
    else x[row * I + id] = 1
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
  if (options.mask) checkLength('mask', options.mask, T * B)
  const initial = completeStates(
    spec,
    B,
    spec.layers.map((_, l) => ({ ...learnedStates(spec, parameters, l, B), ...options.initial?.[l] })),
  )

  const masks = spec.layers.map((_, l) => dropoutMask(spec, l, T, B, options.dropoutSeed))
  const layers: LayerTrace[] = []
  let x = firstInput(spec, parameters, inputs)
  spec.layers.forEach((layer, l) => {
    const trace = layerForward(layer, layerWeights(parameters, l), {
      x,
      steps: T,
      batch: B,
      lengths,
      ...(options.mask && { mask: options.mask }),
      initial: initial[l]!,
    })
    layers.push(trace)
    const mask = masks[l]
    const outputs = mergeDirections(layer, trace.outputs)
    x = mask ? outputs.map((v, i) => v * mask[i]!) : outputs // [T, B, D, H] is [T, B, D·H]
  })

  // O = H W_q + b_q
  const last = spec.layers.at(-1)!
  const { final } = layers.at(-1)!
  const outputs = mergeDirections(last, layers.at(-1)!.outputs)
  const headInput = spec.head?.at === 'last' ? mergeDirections(last, final.h) : outputs
  const V = headSize(spec)
  const DH = outputs.length / (T * B)
  const logits = new Float64Array(spec.head ? (headInput.length / DH) * V : 0)
  for (let row = 0; row < logits.length / V; row++) {
    const o = logits.subarray(row * V, (row + 1) * V)
    o.set(parameters.get('head.b')!)
    addProduct(o, headInput.subarray(row * DH, (row + 1) * DH), { data: parameters.get('head.W')!, offset: 0, stride: V })
  }
  return {
    steps: T,
    batch: B,
    inputs,
    layers,
    outputs,
    logits,
    headInput,
    masks,
    final: layers.map(({ final }) => final),
    initial: spec.layers.map((_, l) => options.initial?.[l] ?? {}),
  }
}

/** Learned initial states of layer l, the same for every row, each [B, D, H]; undefined where the layer has none. */
function learnedStates(spec: NetworkSpec, parameters: Parameters, l: number, batch: number): Partial<State> | undefined {
  if (!spec.layers[l]!.learnInitial) return undefined
  const repeat = (one: Float64Array) => Float64Array.from({ length: batch * one.length }, (_, i) => one[i % one.length]!)
  const [h, c] = ['h0', 'c0'].map((name) => parameters.get(`layers.${l}.${name}`))
  return { h: repeat(h!), ...(c && { c: repeat(c) }) }
}

/** keep / (1 − p) for the outputs of layer l, but the last; keep is random, by the kernel's counter: the offset in
 * memory, where H is padded to a multiple of 4. */
function dropoutMask(spec: NetworkSpec, l: number, T: number, B: number, seed: number | undefined): Float64Array | null {
  const p = spec.dropout ?? 0
  if (seed === undefined || p === 0 || l === spec.layers.length - 1) return null
  const layer = spec.layers[l]!
  const H = layer.hidden
  const padded = Math.ceil(H / 4) * 4
  return Float64Array.from({ length: T * B * outputSize(layer) }, (_, i) =>
    uniform(seed, l, Math.floor(i / H) * padded + (i % H)) >= Math.fround(p) ? 1 / (1 - p) : 0,
  )
}

export function backward(spec: NetworkSpec, parameters: Parameters, run: Forward, outer: OuterGradients): Gradients {
  const { steps: T, batch: B, inputs, outputs, logits, headInput, masks } = run
  const sums = zeroParameters(spec)
  const dfinal = completeStates(spec, B, outer.final)
  const dlogits = outer.logits ?? new Float64Array(logits.length)
  let dy: Float64Array = outer.outputs?.slice() ?? new Float64Array(outputs.length)
  checkLength('the gradient of the logits', dlogits, logits.length)
  checkLength('the gradient of the outputs', dy, outputs.length)

  // dW_q = Hᵀ dO;  db_q = Σ dO;  dH = dO W_qᵀ
  const V = headSize(spec)
  const DH = outputs.length / (T * B)
  const last = spec.layers.at(-1)!
  const finals = run.layers.at(-1)!.final.h
  const dH = spec.head?.at === 'last' ? new Float64Array(headInput.length) : dy
  for (let row = 0; row < logits.length / V; row++) {
    const dO = dlogits.subarray(row * V, (row + 1) * V)
    addOuterProduct({ data: sums.get('head.W')!, offset: 0, stride: V }, headInput.subarray(row * DH, (row + 1) * DH), dO)
    add(sums.get('head.b')!, dO)
    addTransposedProduct(dH.subarray(row * DH, (row + 1) * DH), dO, { data: parameters.get('head.W')!, offset: 0, stride: V })
  }

  if (spec.head?.at === 'last') add(dfinal.at(-1)!.h, splitDirections(last, finals, dH))

  const layers: LayerGradients[] = []
  for (let l = spec.layers.length - 1; l >= 0; l--) {
    const wantInput = l > 0 || 'features' in spec.input || spec.input.embedding !== undefined
    const gradients = layerBackward(
      spec.layers[l]!,
      layerWeights(parameters, l),
      run.layers[l]!,
      { outputs: splitDirections(spec.layers[l]!, run.layers[l]!.outputs, dy), final: dfinal[l]! },
      layerWeights(sums, l),
      wantInput,
    )
    layers.unshift(gradients)
    const mask = masks[l - 1]
    if (gradients.x) dy = mask ? gradients.x.map((v, i) => v * mask[i]!) : gradients.x
    for (const name of cells[spec.layers[l]!.cell].states) {
      const sum = sums.get(`layers.${l}.${name}0`)
      if (sum && !run.initial[l]![name]) gradients.initial[name]!.forEach((v, i) => (sum[i % sum.length]! += v))
    }
  }

  const E = 'ids' in spec.input ? spec.input.embedding : undefined
  if (E && 'ids' in inputs) {
    const sum = sums.get('embedding')!
    inputs.ids.forEach((id, row) => add(sum.subarray(id * E, (id + 1) * E), dy.subarray(row * E, (row + 1) * E)))
  }
  return {
    parameters: sums,
    features: 'features' in spec.input ? dy : null,
    initial: layers.map(({ initial }) => initial),
    layers,
  }
}

/** Forward, loss and backward: one training step but for the update. Targets, and weights if given, for each row of the head. */
export function lossAndGradients(
  spec: NetworkSpec,
  parameters: Parameters,
  inputs: Inputs,
  targets: ArrayLike<number>,
  options: ForwardOptions & { readonly rowWeights?: ArrayLike<number> },
): { readonly forward: Forward; readonly loss: Loss; readonly gradients: Gradients } {
  const run = forward(spec, parameters, inputs, options)
  const { head } = spec
  if (!head) throw new RangeError('a network without a head has no loss')
  const { lengths, mask, rowWeights } = options
  const ends = { ...(head.at !== 'last' && { ...(lengths && { lengths }), ...(mask && { mask }) }), ...(rowWeights && { rowWeights }) }
  const loss = 'classes' in head ? crossEntropy(run.logits, targets, { classes: head.classes, ...ends }) : numbersLoss(head, run.logits, targets, ends)
  return { forward: run, loss, gradients: backward(spec, parameters, run, { logits: loss.gradient }) }
}
