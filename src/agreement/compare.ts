// One run of a network on the GPU and in the float64 reference: outputs, states, loss, every gradient and what is inside compared.
import { cells } from '../cells'
import type { Gpu } from '../gpu/device'
import { backward, crossEntropy, forward, globalNorm, numbersLoss, sharesOf } from '../reference'
import { isRead } from '../packing'
import type { RunResult } from '../run'
import { headSize, isFinal, recurrentLayers } from '../spec'
import { largestDifference, networkBound } from './bounds'
import { openCase, type Case, type Opened } from './case'

const f64 = (v: ArrayLike<number>) => Float64Array.from(v)

/** Where a tensor is farthest from what it should be. */
export interface Finding {
  /** `outputs`, `d layers.0.W`. */
  readonly tensor: string
  /** In units of the bound: right up to 1. NaN where one of the two alone is NaN. */
  readonly error: number
  /** Of the element, row-major. */
  readonly index: number
  readonly came: number
  readonly expected: number
}

/** Whether it is right; NaN is not. */
export const isRight = ({ error }: Pick<Finding, 'error'>): boolean => error <= 1

const number = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7))))
/** A finding in words. */
export const describe = ({ tensor, error, index, came, expected }: Finding): string =>
  `${tensor}[${index}] is ${number(came)}, expected ${number(expected)}: ${Number.isFinite(error) ? `${error.toPrecision(2)} × the bound` : 'no rounding explains it'}`

/** How far `actual` is from `expected`, relative to each element and `scale`, in units of `bound`. */
export function finding(tensor: string, actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number, bound: number): Finding {
  const { error, index } = largestDifference(actual, expected, scale)
  return { tensor, error: error / bound, index, came: actual[index] ?? NaN, expected: expected[index] ?? NaN }
}

/** Runs a case on the GPU and in the reference: what was found of each tensor, those of the forward pass first. */
export async function compareCase(device: Gpu, c: Case): Promise<Finding[]> {
  const { network, options, drawn } = await openCase(device, c)
  try {
    return agreement(c, drawn, await network.run(options))
  } finally {
    network.destroy()
  }
}

/** What a run of a case gave, beside what the reference makes of it. */
export function agreement(
  c: Case,
  { parameters: values, input, targets, initial, classWeights, weights, mask, outputGradients, finalGradients }: Opened['drawn'],
  gpu: RunResult,
): Finding[] {
  const { spec, steps: T, batch: B, lengths, dropoutSeed } = c
  const parameters = new Map([...values].map(([name, v]) => [name, f64(v)]))
  const wide = (states?: { h: Float32Array; c?: Float32Array }[]) => states?.map(({ h, c }) => ({ h: f64(h), ...(c && { c: f64(c) }) }))
  const states = wide(initial)
  const finals = wide(finalGradients)
  const run = forward(spec, parameters, 'ids' in input ? { ids: input.ids } : { features: f64(input.features) }, {
    batch: B,
    ...(lengths && { lengths }),
    ...(mask && { mask }),
    ...(states && { initial: states }),
    ...(dropoutSeed !== undefined && { dropoutSeed }),
  })
  const inside = isRead({ ...(lengths && { lengths: Uint32Array.from(lengths) }), mask }, B)
  const { head } = spec
  const onEvery = head && head.at !== 'last'
  const ends = { ...(onEvery && { ...(lengths && { lengths }), ...(mask && { mask }) }), ...(weights && { rowWeights: weights }) }
  const loss = !head
    ? null
    : 'classes' in head
      ? crossEntropy(run.logits, targets!, { classes: head.classes, ...ends, ...(classWeights && { weights: classWeights }) })
      : numbersLoss(head, run.logits, targets!, ends)
  const final = isFinal(spec, spec.layers.length - 1)
  const masked = outputGradients && f64(outputGradients).map((v, i) => (final || inside(Math.floor(i / (outputGradients.length / (T * B)))) ? v : 0))
  const expected = backward(spec, parameters, run, {
    ...(loss && { logits: loss.gradient }),
    ...(masked && { outputs: masked }),
    ...(finals && { final: finals }),
  })

  const limit = networkBound(c)
  const found: Finding[] = []
  // Relative to the largest element: an element that cancels to near 0 is as uncertain as what it cancelled from.
  // Where all are below 1e-6 the gates are saturated, and the derivative y (1 − y) of a y next to 1 is off by ε.
  const check = (name: string, actual: ArrayLike<number>, wanted: ArrayLike<number>) => {
    let scale = 1e-6
    for (let i = 0; i < wanted.length; i++) scale = Math.max(scale, Math.abs(wanted[i]!))
    found.push(finding(name, actual, wanted, scale, limit))
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
  check('norm', [norm], [globalNorm(expected.parameters, sharesOf(spec))])
  if (!c.recompute)
    gpu.trace!.forEach(({ gates, h, c, dh }, l) => {
      const trace = run.layers[l]!
      const { hidden: H, cell } = recurrentLayers(spec)[l]!.layer
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
  return found
}
