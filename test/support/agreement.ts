// One random network on the GPU and in the float64 reference: outputs, states, loss and every gradient compared.
import { cells } from '../../src/cells'
import { Network } from '../../src/network'
import type { RunOptions } from '../../src/run'
import { forward, lossAndGradients } from '../../src/reference'
import { directions, headSize, ignored, inputSize, parameterShapes, type NetworkSpec } from '../../src/spec'
import { epsilon, numbers, testDevice, worstError } from './kernel'

export interface Case {
  readonly spec: NetworkSpec
  readonly steps: number
  readonly batch: number
  readonly lengths?: readonly number[]
  /** Initial states, drawn at random. */
  readonly initial?: boolean
  /** Biases of the layers are uniform in ± this, weights in ± 0.5. Large ones saturate gates, each to its own side;
   * large weights would do so too, but make a chaotic network in which no two roundings agree. Default 0.5. */
  readonly biases?: number
  /** Every third target is not counted. */
  readonly ignore?: boolean
  readonly seed?: number
}

/** How far f32 may be off, relative to the largest element of the tensor. A sum of K terms is off by at most K roundings
 * of the sum of their magnitudes, and what a step gets wrong the steps after it pass on, by no more than their Jacobian
 * (of order 1 for weights such as these). Roundings are of
 * either sign, so a sum is off by far less than K of them; the factor 2 and the 8 leave that to the activations, whose
 * exp alone WGSL allows 3 + 2|x|. */
export function tolerance({ spec, steps, batch }: Case): number {
  const longest = Math.max(
    ...spec.layers.map((layer, l) => Math.max(inputSize(spec, l), cells[layer.cell].gates.length * layer.hidden)),
    steps * batch,
    headSize(spec),
  )
  return 2 * epsilon * (longest + 4 * steps * spec.layers.length + 8)
}

/** Worst error of each tensor, in units of the tolerance: all must be at most 1. */
export async function compare(c: Case): Promise<Map<string, number>> {
  const { spec, steps: T, batch: B, lengths, biases = 0.5, seed = 1 } = c
  let stream = seed * 1000
  const draw = (n: number, scale = 1) => numbers(n, stream++).map((v) => v * scale)
  const values = new Map([...parameterShapes(spec)].map(([name, shape]) => [name, draw(shape.reduce((a, b) => a * b, 1), /^layers.*\.bn?$/.test(name) ? biases : 0.5)]))
  const classes = headSize(spec)
  const whole = (n: number, below: number) => Uint32Array.from(draw(n), (v) => Math.min(below - 1, Math.floor(((v + 1) / 2) * below)))
  const targets = whole(T * B, classes)
  if (c.ignore) targets.forEach((_, i) => i % 3 === 0 && (targets[i] = ignored))
  const input: { ids: Uint32Array } | { features: Float32Array } =
    'ids' in spec.input ? { ids: whole(T * B, spec.input.ids) } : { features: draw(T * B * spec.input.features) }
  const initial = c.initial
    ? spec.layers.map((layer) => {
        const n = B * directions(layer) * layer.hidden
        return { h: draw(n), ...(layer.cell === 'lstm' && { c: draw(n) }) }
      })
    : undefined

  const network = await Network.create({ device: await testDevice(), ...spec })
  try {
    network.writeParameters(values)
    const options: RunOptions = {
      steps: T, batch: B, ...input, targets, gradients: true,
      ...(initial && { initial }), ...(lengths && { lengths: Uint32Array.from(lengths) }),
    }
    const gpu = await network.run(options)

    const f64 = (v: ArrayLike<number>) => Float64Array.from(v)
    const parameters = new Map([...values].map(([name, v]) => [name, f64(v)]))
    const given = 'ids' in input ? { ids: input.ids } : { features: f64(input.features) }
    const states = initial?.map(({ h, c }) => ({ h: f64(h), ...(c && { c: f64(c) }) }))
    const forwardOptions = { batch: B, ...(lengths && { lengths }), ...(states && { initial: states }) }
    const expected = lossAndGradients(spec, parameters, given, targets, forwardOptions)

    const limit = tolerance(c)
    const errors = new Map<string, number>()
    // Relative to the largest element: an element that cancels to near 0 is as uncertain as what it cancelled from.
    // Where all are below 1e-6 the gates are saturated, and the derivative y (1 − y) of a y next to 1 is off by ε.
    const check = (name: string, actual: ArrayLike<number>, wanted: ArrayLike<number>) => {
      let scale = 1e-6
      for (let i = 0; i < wanted.length; i++) scale = Math.max(scale, Math.abs(wanted[i]!))
      errors.set(name, worstError(actual, wanted, scale) / limit)
    }
    const run = forward(spec, parameters, given, forwardOptions)
    const inside = (n: number) => !lengths || Math.floor(n / B) < lengths[n % B]!
    check('logits', gpu.logits, run.logits.map((v, i) => (inside(Math.floor(i / classes)) ? v : 0)))
    check('outputs', gpu.outputs, run.outputs)
    check('loss', [gpu.loss], [expected.loss.loss])
    gpu.final.forEach((state, l) => {
      check(`final h ${l}`, state.h, run.final[l]!.h)
      if (state.c) check(`final c ${l}`, state.c, run.final[l]!.c!)
    })
    const { parameters: made, features, initial: first, norm } = gpu.gradients!
    for (const [name, gradient] of expected.gradients.parameters) check(`d ${name}`, made.get(name)!, gradient)
    if (features) check('dx', features, expected.gradients.features!)
    first.forEach((state, l) => {
      check(`dh0 ${l}`, state.h, expected.gradients.initial[l]!.h)
      if (state.c) check(`dc0 ${l}`, state.c, expected.gradients.initial[l]!.c!)
    })
    check('norm', [norm], [Math.sqrt([...expected.gradients.parameters.values()].reduce((n, g) => n + g.reduce((a, v) => a + v * v, 0), 0))])
    return errors
  } finally {
    network.destroy()
  }
}
