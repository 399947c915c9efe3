// The whole network: input, recurrent layers, output layer; forward, and backward to every parameter.
import { cells } from '../cells'
import { uniform } from '../random'
import {
  directions,
  headSize,
  inputSize,
  inputStride,
  isDense,
  isFinal,
  maskStreams,
  outputShape,
  parameterShapes,
  recurrentLayers,
  sourcesOf,
  stateSize,
  type LayerSpec,
  type NetworkSpec,
  type Reader,
  type Source,
} from '../spec'
import { zeroState, type State } from './cells'
import { denseBackward, denseForward } from './dense'
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
  /** Initial states by recurrent layer, each [B, D, H]; the learned ones, or zero, unless given. */
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
  /** Each recurrent layer's gates, states and outputs. The first one's `x` is one-hot ids, embedded ids, or the features. */
  readonly layers: readonly LayerTrace[]
  /** What each layer gives, before dropout: [T, B, D, H], or [T, B, H] where its directions are merged, or [T, B, N] of a dense one; [B, N] of one that reads final states. */
  readonly all: readonly Float64Array[]
  /** What each layer reads, [T, B, I] or [B, I]. */
  readonly read: readonly Float64Array[]
  /** Outputs of the last layer: the last of `all`. */
  readonly outputs: Float64Array
  /** [T, B, V], or [B, V] for a head at the last step; empty without a head. */
  readonly logits: Float64Array
  /** What the head reads: [T, B, I], or [B, I] at the last step. */
  readonly headInput: Float64Array
  /** By layer, what its outputs are multiplied by on the way to what reads them, in their shape; null where nothing is dropped. */
  readonly masks: readonly (Float64Array | null)[]
  /** By layer, what the final states of a recurrent one are multiplied by, [B, D, H]; null for a dense one, and where nothing is dropped. */
  readonly finalMasks: readonly (Float64Array | null)[]
  /** By recurrent layer, the initial states that came with the run. */
  readonly initial: readonly Partial<State>[]
  /** Final states by recurrent layer, each [B, D, H]. */
  readonly final: readonly State[]
}

/** Where the gradient of the loss enters; what is left out is zero. */
export interface OuterGradients {
  /** dL/d(logits), [T, B, V]. */
  readonly logits?: Float64Array
  /** dL/d(outputs of the last layer) beside what comes through the logits, [T, B, D, H]. */
  readonly outputs?: Float64Array
  /** dL/dhT and dL/dcT by recurrent layer, each [B, D, H]. */
  readonly final?: readonly (Partial<State> | undefined)[]
}

export interface Gradients {
  /** Of every parameter, by name. */
  readonly parameters: Parameters
  /** dL/dx, [T, B, I]; null for a network that reads ids. */
  readonly features: Float64Array | null
  /** dL/dh0 and dL/dc0 by recurrent layer, each [B, D, H]. */
  readonly initial: readonly State[]
  /** Each recurrent layer's gradients in the making: dL/dh_t of every step, and dL/d(x W + b). */
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
  return { W: get('W')!, U: get('U')!, b: get('b') ?? null, bn: get('bn') ?? null, p: get('p') ?? null, R: get('R') ?? null }
}

/** States by recurrent layer; those left out are zero. */
function completeStates(spec: NetworkSpec, batch: number, states: readonly (Partial<State> | undefined)[] = []): State[] {
  return recurrentLayers(spec).map(({ l, layer }, place) => {
    const state = zeroState(layer, batch * directions(layer))
    for (const name of cells[layer.cell].states) {
      const values = states[place]?.[name]
      if (!values) continue
      checkLength(`state ${name} of layer ${l}`, values, state[name]!.length)
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
  const recurrent = recurrentLayers(spec)
  if (options.mask) checkLength('mask', options.mask, T * B)
  const initial = completeStates(
    spec,
    B,
    recurrent.map(({ l }, place) => ({ ...learnedStates(spec, parameters, l, B), ...options.initial?.[place] })),
  )

  const place = options.mask ? placesOf(options.mask, B) : (row: number) => row
  const masks = spec.layers.map((_, l) =>
    isFinal(spec, l) ? dropoutMask(spec, l, B, options.dropoutSeed) : dropoutMask(spec, l, T * B, options.dropoutSeed, place),
  )
  const finalMasks = spec.layers.map((layer, l) => (isDense(layer) ? null : dropoutMask(spec, l, B, options.dropoutSeed)))
  const layers: LayerTrace[] = []
  const read: Float64Array[] = []
  const all: Float64Array[] = []
  const input = firstInput(spec, parameters, inputs)
  const given = { x: input, all, masks, finalMasks, final: (l: number) => layers[recurrent.findIndex((one) => one.l === l)]!.final.h }
  spec.layers.forEach((layer, l) => {
    const x = joined(spec, l, given)
    read.push(x)
    if (isDense(layer)) {
      const y = denseForward(layer, { W: parameters.get(`layers.${l}.W`)!, b: parameters.get(`layers.${l}.b`) ?? null }, x)
      if (!isFinal(spec, l)) clearPast(y, layer.dense, B, { lengths, ...(options.mask && { mask: options.mask }) })
      all.push(y)
      return
    }
    const trace = layerForward(layer, layerWeights(parameters, l), {
      x,
      steps: T,
      batch: B,
      lengths,
      ...(options.mask && { mask: options.mask }),
      initial: initial[layers.length]!,
      masks: sequenceMasks(spec, l, B, options.dropoutSeed),
    })
    layers.push(trace)
    all.push(mergeDirections(layer, trace.outputs))
  })

  // O = H W_q + b_q
  const outputs = all.at(-1)!
  const headInput = spec.head ? joined(spec, 'head', given) : new Float64Array(0)
  const V = headSize(spec)
  const I = spec.head ? inputSize(spec, 'head') : 1
  const logits = new Float64Array((headInput.length / I) * V)
  for (let row = 0; row < logits.length / V; row++) {
    const o = logits.subarray(row * V, (row + 1) * V)
    o.set(parameters.get('head.b')!)
    addProduct(o, headInput.subarray(row * I, (row + 1) * I), { data: parameters.get('head.W')!, offset: 0, stride: V })
  }
  return {
    steps: T,
    batch: B,
    inputs,
    layers,
    all,
    read,
    outputs,
    logits,
    headInput,
    masks,
    finalMasks,
    final: layers.map(({ final }) => final),
    initial: recurrent.map((_, place) => options.initial?.[place] ?? {}),
  }
}

/** Zeros what lies past the end of a row or at a skipped step, in values [T, B, width]. */
function clearPast(values: Float64Array, width: number, batch: number, { lengths, mask }: Pick<LayerTrace, 'lengths' | 'mask'>): void {
  for (let n = 0; n < values.length / width; n++)
    if (Math.floor(n / batch) >= lengths[n % batch]! || mask?.[n] === 0) values.fill(0, n * width, (n + 1) * width)
}

/** Whether a reader reads final states, and not what is at every step. */
const readsFinal = (spec: NetworkSpec, reader: Reader): boolean => (reader === 'head' ? spec.head!.at === 'last' : isFinal(spec, reader))

/** What a reader reads, its parts side by side: [T, B, I], or [B, I] of final states. */
function joined(
  spec: NetworkSpec,
  reader: Reader,
  {
    x,
    all,
    masks,
    finalMasks,
    final,
  }: Pick<Forward, 'all' | 'masks' | 'finalMasks'> & { readonly x: Float64Array; readonly final: (l: number) => Float64Array },
): Float64Array {
  const isLast = readsFinal(spec, reader)
  const parts = sourcesOf(spec, reader).map((source) => {
    const width = partWidth(spec, source)
    if (source === 'input') return { width, values: x }
    const isState = isLast && !isDense(spec.layers[source]!)
    const values = isState ? mergeDirections(spec.layers[source] as LayerSpec, final(source)) : all[source]!
    const mask = (isState ? finalMasks : masks)[source]
    return { width, values: mask ? values.map((v, i) => v * mask[i]!) : values }
  })
  if (parts.length === 1) return parts[0]!.values
  const I = inputSize(spec, reader)
  const rows = parts[0]!.values.length / parts[0]!.width
  const result = new Float64Array(rows * I)
  for (let row = 0; row < rows; row++) {
    let at = row * I
    for (const { width, values } of parts) {
      result.set(values.subarray(row * width, (row + 1) * width), at)
      at += width
    }
  }
  return result
}

function partWidth(spec: NetworkSpec, source: Source): number {
  const [D, H] = outputShape(spec, source)
  return D * H
}

/** Learned initial states of layer l, the same for every row, each [B, D, H]; undefined where the layer has none. */
function learnedStates(spec: NetworkSpec, parameters: Parameters, l: number, batch: number): Partial<State> | undefined {
  const layer = spec.layers[l]!
  if (isDense(layer) || !layer.learnInitial) return undefined
  const repeat = (one: Float64Array) => Float64Array.from({ length: batch * one.length }, (_, i) => one[i % one.length]!)
  const [h, c] = ['h0', 'c0'].map((name) => parameters.get(`layers.${l}.${name}`))
  return { h: repeat(h!), ...(c && { c: repeat(c) }) }
}

/** keep / (1 − p) for rows of the outputs of layer l, but the last; keep is random, by the kernel's counter: the offset in
 * memory, where H is padded to a multiple of 4.
 * @param place of a row in memory, among as many */
function dropoutMask(spec: NetworkSpec, l: number, rows: number, seed: number | undefined, place = (row: number) => row): Float64Array | null {
  const p = spec.dropout ?? 0
  if (seed === undefined || p === 0 || l === spec.layers.length - 1) return null
  const [D, H] = outputShape(spec, l)
  const padded = Math.ceil(H / 4) * 4
  const index = (i: number) => (place(Math.floor(i / (D * H))) * D + (Math.floor(i / H) % D)) * padded + (i % H)
  return Float64Array.from({ length: rows * D * H }, (_, i) => (uniform(seed, l, index(i)) >= Math.fround(p) ? 1 / (1 - p) : 0))
}

/** By row of [T, B], its place where no row of the batch skips a step: the n-th step that one reads is its n-th. */
function placesOf(mask: ArrayLike<number>, batch: number): (row: number) => number {
  const read = new Uint32Array(batch)
  const places = Array.from(mask, (reads, row) => (reads ? read[row % batch]!++ : read[row % batch]!) * batch + (row % batch))
  return (row) => places[row]!
}

/** The masks of recurrent layer l that a sequence has one of, for each row and direction: of its input [B, D, I], and of its state [B, D, P]. They
 * are drawn as those of the outputs are. */
function sequenceMasks(spec: NetworkSpec, l: number, batch: number, seed: number | undefined): NonNullable<LayerTrace['masks']> {
  const layer = spec.layers[l] as LayerSpec
  const { inputDropout = 0, recurrentDropout = 0 } = layer
  /** @param units that lie together; they are padded to a multiple of 4 in memory, rows are `stride` long */
  const draw = (stream: number, p: number, { width, units, stride }: { width: number; units: number; stride: number }) => {
    if (seed === undefined || p === 0) return null
    const padded = Math.ceil(units / 4) * 4
    const index = (column: number) => Math.floor(column / units) * padded + (column % units)
    return Float64Array.from({ length: batch * directions(layer) * width }, (_, i) =>
      uniform(seed, stream, Math.floor(i / width) * stride + index(i % width)) >= Math.fround(p) ? 1 / (1 - p) : 0,
    )
  }
  const sources = sourcesOf(spec, l)
  const I = inputSize(spec, l)
  const P = stateSize(layer, 'h')
  const units = sources.length === 1 ? outputShape(spec, sources[0]!)[1] : I
  return {
    input: draw(maskStreams(l).input, inputDropout, { width: I, units, stride: inputStride(spec, l) }),
    state: draw(maskStreams(l).state, recurrentDropout, { width: P, units: P, stride: Math.ceil(P / 4) * 4 }),
  }
}

export function backward(spec: NetworkSpec, parameters: Parameters, run: Forward, outer: OuterGradients): Gradients {
  const { steps: T, batch: B, inputs, outputs, logits, headInput, masks, finalMasks, all, read } = run
  const sums = zeroParameters(spec)
  const dfinal = completeStates(spec, B, outer.final)
  const dlogits = outer.logits ?? new Float64Array(logits.length)
  checkLength('the gradient of the logits', dlogits, logits.length)
  if (outer.outputs) checkLength('the gradient of the outputs', outer.outputs, outputs.length)
  const recurrent = recurrentLayers(spec)
  // Gradients of what may be read: added up by what reads it.
  const dall = all.map((y) => new Float64Array(y.length))
  const dx = new Float64Array(T * B * partWidth(spec, 'input'))
  if (outer.outputs) dall.at(-1)!.set(outer.outputs)
  const spread = (reader: Reader, gradient: Float64Array) => {
    const I = inputSize(spec, reader)
    const isLast = readsFinal(spec, reader)
    let from = 0
    for (const source of sourcesOf(spec, reader)) {
      const width = partWidth(spec, source)
      const isState = source !== 'input' && isLast && !isDense(spec.layers[source]!)
      const mask = source === 'input' ? null : (isState ? finalMasks : masks)[source]
      const part = Float64Array.from(
        { length: (gradient.length / I) * width },
        (_, i) => gradient[Math.floor(i / width) * I + from + (i % width)]! * (mask ? mask[i]! : 1),
      )
      if (isState) {
        const place = recurrent.findIndex(({ l }) => l === source)
        add(dfinal[place]!.h, splitDirections(recurrent[place]!.layer, run.layers[place]!.final.h, part))
      } else add(source === 'input' ? dx : dall[source]!, part)
      from += width
    }
  }

  // dW_q = Hᵀ dO;  db_q = Σ dO;  dH = dO W_qᵀ
  if (spec.head) {
    const V = headSize(spec)
    const I = inputSize(spec, 'head')
    const dH = new Float64Array(headInput.length)
    for (let row = 0; row < logits.length / V; row++) {
      const dO = dlogits.subarray(row * V, (row + 1) * V)
      addOuterProduct({ data: sums.get('head.W')!, offset: 0, stride: V }, headInput.subarray(row * I, (row + 1) * I), dO)
      add(sums.get('head.b')!, dO)
      addTransposedProduct(dH.subarray(row * I, (row + 1) * I), dO, { data: parameters.get('head.W')!, offset: 0, stride: V })
    }
    spread('head', dH)
  }

  const layers: LayerGradients[] = []
  for (let l = spec.layers.length - 1; l >= 0; l--) {
    const layer = spec.layers[l]!
    if (isDense(layer)) {
      // Past the end of a row there is nothing, so nothing comes of a gradient there.
      if (!isFinal(spec, l)) clearPast(dall[l]!, layer.dense, B, run.layers[0]!)
      const weights = { W: parameters.get(`layers.${l}.W`)!, b: parameters.get(`layers.${l}.b`) ?? null }
      const into = { W: sums.get(`layers.${l}.W`)!, b: sums.get(`layers.${l}.b`) ?? null }
      spread(l, denseBackward(layer, weights, { x: read[l]!, y: all[l]!, dy: dall[l]! }, into))
      continue
    }
    const place = recurrent.findIndex((one) => one.l === l)
    const wantInput = sourcesOf(spec, l).some((source) => source !== 'input') || 'features' in spec.input || spec.input.embedding !== undefined
    const gradients = layerBackward(
      layer,
      layerWeights(parameters, l),
      run.layers[place]!,
      { outputs: splitDirections(layer, run.layers[place]!.outputs, dall[l]!), final: dfinal[place]! },
      layerWeights(sums, l),
      wantInput,
    )
    layers.unshift(gradients)
    if (gradients.x) spread(l, gradients.x)
    for (const name of cells[layer.cell].states) {
      const sum = sums.get(`layers.${l}.${name}0`)
      if (sum && !run.initial[place]![name]) gradients.initial[name]!.forEach((v, i) => (sum[i % sum.length]! += v))
    }
  }

  const E = 'ids' in spec.input ? spec.input.embedding : undefined
  if (E && 'ids' in inputs) {
    const sum = sums.get('embedding')!
    inputs.ids.forEach((id, row) => add(sum.subarray(id * E, (id + 1) * E), dx.subarray(row * E, (row + 1) * E)))
  }
  return {
    parameters: sums,
    features: 'features' in spec.input ? dx : null,
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
