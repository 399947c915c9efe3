// One run of a network that returns everything: outputs, states, gradients and a trace. For small jobs, inspection and tests; `Trainer`
// is the fast way to train.
import { cells } from './cells'
import { checkBatch, checkClassWeights, checkRows, checkStates, expectArray } from './check-batch'
import { checkCount, checkFlag, checkOptions, show, SluiceError, type Known } from './errors'
import type { Gpu } from './gpu/device'
import type { Plan } from './gpu/plan'
import { checkStrategyOption, type StrategyName, type StrategyOption } from './gpu/strategy'
import { readTensor, writeTensor, type Tensor } from './gpu/tensor'
import { isRead, packBatch, unpackRows, type PackedBatch } from './packing'
import { maskRows } from './schedule/batch'
import { stateSlots } from './schedule/context'
import { statesOf } from './schedule/states'
import type { Unrolled } from './schedule/unroll'
import { gradientNorm } from './schedule/update'
import { Session, type Unrollable } from './session'
import { directions, isDense, isFinal, outputShape, readsBackwards, recurrentLayers, stateSize, type LayerSpec, type NetworkSpec } from './spec'

type Values = Float32Array<ArrayBuffer>

/** States of one layer, or their gradients, each [B, D, H]. */
export interface LayerState {
  readonly h?: ArrayLike<number> | undefined
  readonly c?: ArrayLike<number> | undefined
}

/** A batch to run once, and what to return of it. */
export interface RunOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of a batch. */
  readonly batch: number
  /** Ids [T, B], for a network that reads ids. Values past the end of a row and at skipped steps may be anything; the same holds for features and targets. */
  readonly ids?: Uint32Array
  /** Vectors [T, B, I], for a network that reads features. */
  readonly features?: Float32Array
  /** For each row of the head ([T, B], or [B] at the last step) an id below V, or for a head of numbers a vector. The id `ignored` and a
   * vector with NaN do not count. */
  readonly targets?: Uint32Array | Float32Array
  /** Weight of each target in the loss, 0 or more: for each row of the head, or [B] for all steps of a row. The loss is the mean by these weights.
   * Default: 1 for each. */
  readonly weights?: Float32Array
  /** Weight of each class in the loss, [V]. Default: 1 for each. */
  readonly classWeights?: Float32Array
  /** Steps of each row, [B], zero allowed. Default: T for all. */
  readonly lengths?: Uint32Array
  /** Which steps are read, [T, B]: 0 for one that is skipped, at the front, in the middle or at the end of a row. The state is carried over it, in
   * both directions, and the gradient passes. Values there may be anything. Not together with `lengths`. Default: all. */
  readonly mask?: Uint8Array
  /** Initial states by recurrent layer. Default: the learned ones, or zero. */
  readonly initial?: readonly (LayerState | undefined)[]
  /** Seed of dropout. Default: no dropout. */
  readonly dropoutSeed?: number
  /** Whether to run backward too, from the loss, from `outputGradients` and `finalGradients`, or from all of them. Default false. */
  readonly gradients?: boolean
  /** dL/d(outputs of the last layer), in the shape of `outputs` of the result; added to the gradient of the loss. */
  readonly outputGradients?: Float32Array
  /** dL/d(final states) by recurrent layer, added to the gradient of the loss. */
  readonly finalGradients?: readonly (LayerState | undefined)[]
  /** Whether to store the gates of one segment only: see `TrainerOptions`. Not together with `inspect`. */
  readonly recompute?: boolean | number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default: the device's choice. */
  readonly strategy?: StrategyOption
  /** Whether to return the trace. Default false. */
  readonly inspect?: boolean
}

const names = {
  steps: true,
  batch: true,
  ids: true,
  features: true,
  targets: true,
  weights: true,
  classWeights: true,
  lengths: true,
  mask: true,
  initial: true,
  dropoutSeed: true,
  gradients: true,
  outputGradients: true,
  finalGradients: true,
  recompute: true,
  strategy: true,
  inspect: true,
} satisfies Known<RunOptions>

/** The trace of one recurrent layer. Past the end of a row and at skipped steps everything is zero, except the states, which are carried. */
export interface Trace {
  /** Gate activations by name (src/cells), each [T, B, D, H]. */
  readonly gates: ReadonlyMap<string, Values>
  /** States after each step, each [T, B, D, H]. */
  readonly h: Values
  readonly c?: Values
  /** dL/dh of each step over all its uses (LSTM: with c held fixed), [T, B, D, H]; only with `gradients`. */
  readonly dh?: Values
}

/** Everything of one run. */
export interface RunResult {
  /** O, [T, B, V] or at the last step [B, V]; zero past the end of a row and at skipped steps; empty without a head. */
  readonly logits: Values
  /** Outputs of the last layer, [T, B, D, H], or [T, B, H] where its directions are merged, or [T, B, N] of a dense one; zero past the end of a row
   * and at skipped steps. Of a dense layer that reads final states, [B, N]. */
  readonly outputs: Values
  /** Final states by recurrent layer, [B, D, H]. */
  readonly final: readonly { h: Values; c?: Values }[]
  /** Mean loss over the targets that count (cross-entropy in nats, or squared error); NaN without targets. */
  readonly loss: number
  /** Only with `gradients`. */
  readonly gradients?: {
    readonly parameters: ReadonlyMap<string, Values>
    /** Of the features, [T, B, I]; null for a network that reads ids. */
    readonly features: Values | null
    /** Of the initial states by recurrent layer, [B, D, H]. */
    readonly initial: readonly { h: Values; c?: Values }[]
    /** Global norm over all parameters. */
    readonly norm: number
  }
  /** By recurrent layer; only with `inspect`. */
  readonly trace?: readonly Trace[]
}

/** The network of a run. */
export interface Runner extends Unrollable {
  checkAlive(): void
}

/** @throws SluiceError `bad-value`, `bad-shape`, `too-large`, `disposed`, `device-lost`. */
export async function run(network: Runner, uncheckedOptions: RunOptions): Promise<RunResult> {
  const { spec, gpu } = network
  const options = checkRun(spec, checkOptions('options', uncheckedOptions, '{ steps: 35, batch: 32, ids }', names))
  const { steps, batch, initial, dropoutSeed, gradients = false, inspect = false, recompute } = options
  const shape = {
    steps,
    batch,
    recompute,
    train: gradients,
    inspect,
    inputGradient: gradients,
    initialGradient: gradients,
    dropout: dropoutSeed !== undefined,
  }
  const session = await Session.open<RunProgram>(network, shape, options.strategy, (unrolled, strategy) => runPlans(unrolled, { ...options, strategy }))
  const { unrolled } = session
  try {
    network.checkAlive()
    // The parameters and gradients belong to the network, so no other call may run before all is submitted: every read copies at once and
    // is awaited at the end.
    const packed = packBatch(spec, options, options)
    const { ids, targets, weights, lengths } = packed
    unrolled.batch.write({ ids, targets, weights, lengths, classWeights: options.classWeights, control: { seed: dropoutSeed ?? 0 } })
    if (packed.features) writeTensor(gpu, unrolled.x!, maskRows(packed.features, { ...options, lengths }))
    void session.submit('fresh state', ['fresh'])
    initial?.forEach((state, l) => state && unrolled.states.write(l, state))
    void session.submit('run', ['forward'])
    const results = readForward(gpu, spec, unrolled, { ...options, packed })
    const trace = inspect ? readTrace(gpu, spec, unrolled, { ...options, packed }) : []
    if (!gradients) {
      const [result, layers] = await Promise.all([results, Promise.all(trace)])
      return { ...result, ...(inspect && { trace: layers }) }
    }
    void session.submit('clear gradients', ['clear'])
    const { outputGradients } = options
    if (outputGradients) {
      const masked = () => packed.packing?.pack(outputGradients) ?? maskRows(outputGradients, { ...options, lengths })
      writeTensor(gpu, unrolled.graph.last.dy!, lastIsFinal(spec) ? outputGradients : masked())
    }
    options.finalGradients?.forEach((state, l) => {
      for (const { name, gradient } of statesOf(unrolled.layers[l]!)) if (state?.[name]) writeTensor(gpu, gradient!, state[name])
    })
    void session.submit('run backward', ['backward'])
    const dh = inspect ? unrolled.layers.map(({ memory }) => readTensor(gpu, memory.dy!)) : []
    const [result, layers, read, dhOfLayers] = await Promise.all([
      results,
      Promise.all(trace),
      readGradients(gpu, spec, unrolled, { ...options, packed }),
      Promise.all(dh),
    ])
    return { ...result, gradients: read, ...(inspect && { trace: layers.map((layer, l) => ({ ...layer, dh: unpackRows(dhOfLayers[l]!, packed, options) })) }) }
  } finally {
    session.destroy()
  }
}

type RunProgram = 'fresh' | 'forward' | 'clear' | 'backward'

/** The last two only with `gradients`. */
function runPlans(
  unrolled: Unrolled,
  { strategy, targets, gradients, outputGradients, initial }: Omit<RunOptions, 'strategy'> & { readonly strategy: StrategyName | undefined },
): Record<RunProgram, Plan> {
  const plan = (name: string, build: (plan: Plan) => void): Plan => unrolled.plan(name, build, strategy)
  return {
    fresh: plan('fresh state', (to) => unrolled.states.fresh(to)),
    forward: plan('run', (to) => {
      unrolled.forward(to)
      if (targets) unrolled.head!.loss(to, false)
      unrolled.finish(to, 0)
    }),
    ...(gradients && {
      clear: plan('clear gradients', (to) => unrolled.clearGradients(to)),
      backward: plan('run backward', (to) => {
        if (targets) unrolled.head!.loss(to, true)
        else if (unrolled.head) to.clear('no loss', unrolled.head.logits)
        unrolled.backward(to, { add: outputGradients !== undefined, initialCame: (l, name) => initial?.[l]?.[name] !== undefined })
        unrolled.finish(to, gradientNorm(to, unrolled))
      }),
    }),
  } as Record<RunProgram, Plan>
}

/** A checked copy of the options. @throws SluiceError `bad-value`, `bad-shape`. */
function checkRun(spec: NetworkSpec, options: RunOptions): RunOptions {
  const { steps, batch, gradients, targets, initial, dropoutSeed, outputGradients, finalGradients, classWeights } = options
  checkBatch(spec, options)
  checkStrategyOption(options.strategy)
  checkFlag('gradients', gradients)
  checkFlag('inspect', options.inspect)
  if (outputGradients !== undefined) {
    const final = lastIsFinal(spec)
    const [D, H] = outputShape(spec, spec.layers.length - 1)
    expectArray('outputGradients', outputGradients, 'Float32Array', [
      ...(final ? [] : [['steps', steps] as [string, number]]),
      ['batch', batch],
      ...(isDense(spec.layers.at(-1)!) ? [] : [['directions', D] as [string, number]]),
      [isDense(spec.layers.at(-1)!) ? 'dense' : 'hidden', H],
    ])
    const read = isRead(options, batch)
    checkRows('outputGradients', outputGradients, { rows: final ? batch : steps * batch, read: (row) => final || read(row) })
  }
  if (classWeights !== undefined) checkClassWeights(spec, classWeights, spec.head?.at === 'last' ? batch : steps * batch)
  if (dropoutSeed !== undefined) checkCount('dropoutSeed', dropoutSeed, { min: 0, max: 0xffffffff })
  if (options.inspect && options.recompute)
    throw new SluiceError(
      'bad-value',
      `inspect returns the gates of all steps, but with recompute: ${show(options.recompute)} they are not stored. Leave one of the two out.`,
    )
  if (gradients && !targets && !outputGradients && !finalGradients)
    throw new SluiceError('bad-value', 'gradients is true, but there is nothing to differentiate. Pass targets, outputGradients or finalGradients')
  return {
    ...options,
    ...(initial !== undefined && { initial: checkStates('initial', spec, initial) }),
    ...(finalGradients !== undefined && { finalGradients: checkStates('finalGradients', spec, finalGradients) }),
  }
}

/** Whether the last layer reads final states, so that it has a row for each of the batch, and none for each step. */
const lastIsFinal = (spec: NetworkSpec): boolean => isFinal(spec, spec.layers.length - 1)

async function readEach(states: [string, Promise<Values>][]): Promise<{ h: Values; c?: Values }> {
  const entries = await Promise.all(states.map(async ([name, values]) => [name, await values] as const))
  return Object.fromEntries(entries) as { h: Values; c?: Values }
}

/** Slots 1 … T of a state tensor [T+2, B, D, H]: the states after each step, with those that were skipped. */
async function readStates(gpu: Gpu, layer: LayerSpec, state: Tensor, { packing }: PackedBatch): Promise<Values> {
  const all = await readTensor(gpu, state)
  if (packing)
    return packing.unpackStates(
      all,
      Array.from({ length: directions(layer) }, (_, d) => readsBackwards(layer, d)),
    )
  return stepsOf(state, all)
}

/** Slots 1 … T of a state tensor [T+2, B, D, H]. */
const readSteps = async (gpu: Gpu, state: Tensor): Promise<Values> => stepsOf(state, await readTensor(gpu, state))

function stepsOf(state: Tensor, all: Values): Values {
  const slots = state.shape[0]!.size
  const width = all.length / slots
  return all.slice(width, (slots - 1) * width)
}

/** The batch of a run, as it was sent. */
type Sent = RunOptions & { readonly packed: PackedBatch }

async function readForward(gpu: Gpu, spec: NetworkSpec, unrolled: Unrolled, options: Sent): Promise<Omit<RunResult, 'gradients' | 'trace'>> {
  const { batch: B } = options
  const recurrent = recurrentLayers(spec)
  // A direction that reads forwards ends in slot T, one that reads backwards in slot 1.
  const finalOf = (place: number, name: 'h' | 'c', all: Values): Values => {
    const { layer } = recurrent[place]!
    const [D, H] = [directions(layer), stateSize(layer, name)]
    const slots = [0, 1].map((d) => stateSlots(unrolled.layers[place]!, d).final)
    return Float32Array.from({ length: B * D * H }, (_, i) => all[slots[Math.floor(i / H) % D]! * B * D * H + i]!)
  }
  const [states, outputs, logits, statistics] = await Promise.all([
    Promise.all(unrolled.layers.map((layer) => readEach(statesOf(layer).map(({ name, state }) => [name, readTensor(gpu, state)])))),
    unrolled.graph.last.y ? readTensor(gpu, unrolled.graph.last.y) : readSteps(gpu, unrolled.layers.at(-1)!.memory.h),
    unrolled.head ? readTensor(gpu, unrolled.head.logits) : new Float32Array(0),
    gpu.read(unrolled.statistics),
  ])
  return {
    // Past the end of a row the state is carried, but the output is zero.
    logits: !spec.head || spec.head.at === 'last' ? logits : unpackRows(logits, options.packed, options),
    outputs: lastIsFinal(spec) ? outputs : unpackRows(outputs, options.packed, options),
    final: states.map(({ h, c }, place) => ({ h: finalOf(place, 'h', h), ...(c && { c: finalOf(place, 'c', c) }) })),
    loss: options.targets ? new Float32Array(statistics)[0]! : NaN,
  }
}

async function readGradients(gpu: Gpu, spec: NetworkSpec, unrolled: Unrolled, { packed: { packing } }: Sent): Promise<NonNullable<RunResult['gradients']>> {
  const [parameters, features, initial, statistics] = await Promise.all([
    unrolled.parameters.readGradients(),
    unrolled.dx && 'features' in spec.input ? readTensor(gpu, unrolled.dx) : null,
    Promise.all(unrolled.layers.map((layer) => readEach(statesOf(layer).map(({ name, gradient }) => [name, readTensor(gpu, gradient!)])))),
    gpu.read(unrolled.statistics),
  ])
  return { parameters, features: features && (packing?.unpack(features) ?? features), initial, norm: new Float32Array(statistics)[1]! }
}

function readTrace(gpu: Gpu, spec: NetworkSpec, unrolled: Unrolled, options: Sent): Promise<Trace>[] {
  const recurrent = recurrentLayers(spec)
  return unrolled.layers.map(async ({ memory }, place) => {
    const { layer } = recurrent[place]!
    const { cell, hidden: H } = layer
    const { gates: names } = cells[cell]
    const { packed } = options
    const [h, c, activations, outputs] = await Promise.all([
      readStates(gpu, layer, memory.h, packed),
      memory.c && readStates(gpu, layer, memory.c, packed),
      readTensor(gpu, memory.gates),
      readSteps(gpu, memory.h),
    ])
    const all = unpackRows(activations, packed, options) // [T, B, D, G, H]
    const G = names.length
    const gate = (g: number) => Float32Array.from({ length: all.length / G }, (_, i) => all[(Math.floor(i / H) * G + g) * H + (i % H)]!)
    // The gate of an RNN is its state: the kernel stores the pre-activation where backward puts the gradient.
    const gates = new Map(G === 1 ? [[names[0]!, unpackRows(outputs, packed, options)] as const] : names.map((name, g) => [name, gate(g)] as const))
    return { gates, h, ...(c && { c }) }
  })
}
