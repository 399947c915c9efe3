// One random network on the GPU and in the float64 reference: outputs, states, loss and every gradient compared.
import { cells } from '../../src/cells'
import type { StrategyName } from '../../src/gpu/strategy'
import { Network } from '../../src/network'
import { backward, crossEntropy, forward, squaredError } from '../../src/reference'
import type { RunOptions } from '../../src/run'
import { directions, headSize, ignored, inputSize, parameterShapes, type NetworkSpec } from '../../src/spec'
import { epsilon, numbers, testDevice, worstError } from './kernel'

export interface Case {
  readonly spec: NetworkSpec
  readonly steps: number
  readonly batch: number
  readonly lengths?: readonly number[]
  /** Initial states, drawn at random, or h alone; otherwise the learned ones, or zero. */
  readonly initial?: boolean | 'h'
  /** Biases of the layers are uniform in ± this, weights in ± 0.5. Large ones saturate gates, each to its own side;
   * large weights would do so too, but make a chaotic network in which no two roundings agree. Default 0.5. */
  readonly biases?: number
  /** Every third target is not counted. */
  readonly ignore?: boolean
  /** Classes have weights, drawn at random. */
  readonly classWeights?: boolean
  /** Gradients of the outputs and of the final states are given, drawn at random, beside the loss's. */
  readonly given?: boolean
  /** Drops with this seed. */
  readonly dropoutSeed?: number
  readonly seed?: number
  /** Whether kernels may use subgroups, if the adapter has them. Default true. */
  readonly subgroups?: boolean
  /** How recurrences are dispatched. */
  readonly strategy?: StrategyName
  /** Whether the gates are made again on the way back; what is inside each step is not compared then, as it is not kept. */
  readonly recompute?: boolean | number
}

/** How far f32 may be off, relative to the largest element of the tensor. A sum of K terms is off by at most K roundings
 * of the sum of their magnitudes, and what a step gets wrong the steps after it pass on, by no more than their Jacobian
 * (of order 1 for weights such as these). Roundings are of either sign, so a sum is off by far less than K of them; the
 * factor 2 and the 8 leave that to the activations, whose exp alone WGSL allows 3 + 2|x|. */
export function tolerance({ spec, steps, batch }: Pick<Case, 'spec' | 'steps' | 'batch'>): number {
  const longest = Math.max(
    ...spec.layers.map((layer, l) => Math.max(inputSize(spec, l), cells[layer.cell].gates.length * layer.hidden)),
    steps * batch,
    headSize(spec),
  )
  return 2 * epsilon * (longest + 4 * steps * spec.layers.length + 8)
}

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const f64 = (v: ArrayLike<number>) => Float64Array.from(v)

/** Everything a case feeds in, drawn from its seed. */
function draw(c: Case) {
  const { spec, steps: T, batch: B, biases = 0.5, seed = 1 } = c
  let stream = seed * 1000
  const some = (n: number, scale = 1) => numbers(n, stream++).map((v) => v * scale)
  const below = (n: number, limit: number) => Uint32Array.from(some(n), (v) => Math.min(limit - 1, Math.floor(((v + 1) / 2) * limit)))
  const parameters = new Map([...parameterShapes(spec)].map(([name, shape]) => [name, some(count(shape), /^layers.*\.bn?$/.test(name) ? biases : 0.5)]))
  const input: { ids: Uint32Array } | { features: Float32Array } =
    'ids' in spec.input ? { ids: below(T * B, spec.input.ids) } : { features: some(T * B * spec.input.features) }
  const states = (): { h: Float32Array; c?: Float32Array }[] =>
    spec.layers.map((layer) => {
      const n = B * directions(layer) * layer.hidden
      return { h: some(n), ...(layer.cell === 'lstm' && { c: some(n) }) }
    })
  const { head } = spec
  const rows = head?.at === 'last' ? B : T * B
  let targets: Uint32Array | Float32Array | undefined
  if (head && 'classes' in head) targets = below(rows, head.classes)
  else if (head) targets = some(rows * head.numbers)
  if (c.ignore && targets instanceof Uint32Array) targets.forEach((_, i) => i % 3 === 0 && (targets[i] = ignored))
  if (c.ignore && targets instanceof Float32Array) targets.forEach((_, i) => Math.floor(i / headSize(spec)) % 3 === 0 && (targets[i] = NaN))
  const last = spec.layers.at(-1)!
  return {
    parameters,
    input,
    targets,
    initial: c.initial ? states().map((state) => (c.initial === 'h' ? { h: state.h } : state)) : undefined,
    classWeights: c.classWeights && head && 'classes' in head ? some(head.classes).map((v) => 1.5 + v) : undefined,
    outputGradients: c.given || !head ? some(T * B * directions(last) * last.hidden) : undefined,
    finalGradients: c.given || !head ? states() : undefined,
  }
}

/** Worst error of each tensor, in units of the tolerance: all must be at most 1. */
export async function compare(c: Case): Promise<Map<string, number>> {
  const { spec, steps: T, batch: B, lengths, dropoutSeed } = c
  const { parameters: values, input, targets, initial, classWeights, outputGradients, finalGradients } = draw(c)
  const network = await Network.create({ device: await testDevice(c.subgroups), ...spec })
  try {
    network.writeParameters(values)
    const options: RunOptions = {
      steps: T,
      batch: B,
      ...input,
      gradients: true,
      ...(c.recompute ? { recompute: c.recompute } : { inspect: true }),
      ...(c.strategy && { strategy: c.strategy }),
      ...(targets && { targets }),
      ...(initial && { initial }),
      ...(lengths && { lengths: Uint32Array.from(lengths) }),
      ...(classWeights && { classWeights }),
      ...(dropoutSeed !== undefined && { dropoutSeed }),
      ...(outputGradients && { outputGradients }),
      ...(finalGradients && { finalGradients }),
    }
    const gpu = await network.run(options)

    const parameters = new Map([...values].map(([name, v]) => [name, f64(v)]))
    const wide = (states?: { h: Float32Array; c?: Float32Array }[]) => states?.map(({ h, c }) => ({ h: f64(h), ...(c && { c: f64(c) }) }))
    const states = wide(initial)
    const finals = wide(finalGradients)
    const run = forward(spec, parameters, 'ids' in input ? { ids: input.ids } : { features: f64(input.features) }, {
      batch: B,
      ...(lengths && { lengths }),
      ...(states && { initial: states }),
      ...(dropoutSeed !== undefined && { dropoutSeed }),
    })
    const inside = (n: number) => !lengths || Math.floor(n / B) < lengths[n % B]!
    const { head } = spec
    const onEvery = head && head.at !== 'last'
    const ends = onEvery && lengths ? { lengths } : {}
    const loss = !head
      ? null
      : 'classes' in head
        ? crossEntropy(run.logits, targets!, { classes: head.classes, ...ends, ...(classWeights && { weights: classWeights }) })
        : squaredError(run.logits, targets!, { numbers: head.numbers, ...ends })
    const masked = outputGradients && f64(outputGradients).map((v, i) => (inside(Math.floor(i / (outputGradients.length / (T * B)))) ? v : 0))
    const expected = backward(spec, parameters, run, {
      ...(loss && { logits: loss.gradient }),
      ...(masked && { outputs: masked }),
      ...(finals && { final: finals }),
    })

    const limit = tolerance(c)
    const errors = new Map<string, number>()
    // Relative to the largest element: an element that cancels to near 0 is as uncertain as what it cancelled from.
    // Where all are below 1e-6 the gates are saturated, and the derivative y (1 − y) of a y next to 1 is off by ε.
    const check = (name: string, actual: ArrayLike<number>, wanted: ArrayLike<number>) => {
      let scale = 1e-6
      for (let i = 0; i < wanted.length; i++) scale = Math.max(scale, Math.abs(wanted[i]!))
      errors.set(name, worstError(actual, wanted, scale) / limit)
    }
    const width = headSize(spec)
    check('logits', gpu.logits, onEvery ? run.logits.map((v, i) => (inside(Math.floor(i / width)) ? v : 0)) : run.logits)
    check('outputs', gpu.outputs, run.outputs)
    if (loss) check('loss', [gpu.loss], [loss.loss])
    gpu.final.forEach((state, l) => {
      check(`final h ${l}`, state.h, run.final[l]!.h)
      if (state.c) check(`final c ${l}`, state.c, run.final[l]!.c!)
    })
    const { parameters: made, features, initial: first, norm } = gpu.gradients!
    for (const [name, gradient] of expected.parameters) check(`d ${name}`, made.get(name)!, gradient)
    if (features) check('dx', features, expected.features!)
    first.forEach((state, l) => {
      check(`dh0 ${l}`, state.h, expected.initial[l]!.h)
      if (state.c) check(`dc0 ${l}`, state.c, expected.initial[l]!.c!)
    })
    check('norm', [norm], [Math.sqrt([...expected.parameters.values()].reduce((n, g) => n + g.reduce((a, v) => a + v * v, 0), 0))])
    if (!c.recompute)
      gpu.trace!.forEach(({ gates, h, c, dh }, l) => {
        const trace = run.layers[l]!
        const { hidden: H, cell } = spec.layers[l]!
        const G = cells[cell].gates.length
        cells[cell].gates.forEach((name, g) =>
          check(
            `gate ${name} ${l}`,
            gates.get(name)!,
            trace.gates.filter((_, i) => Math.floor(i / H) % G === g),
          ),
        )
        check(`h ${l}`, h, trace.states.h)
        if (c) check(`c ${l}`, c, trace.states.c!)
        check(`dh ${l}`, dh!, expected.layers[l]!.h)
      })
    return errors
  } finally {
    network.destroy()
  }
}
