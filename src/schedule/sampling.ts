// The dispatches of sampling: at every step the layers, the head, the sample, and its look-up where there is an embedding. Or one
// dispatch for many steps, where the adapter has such a kernel and it is not slower.
import { cells } from '../cells'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'
import { pad4 } from '../gpu/tensor'
import { completeSpec, hasUsualActivations, headSize, inputSize, isPlainStack, recurrentLayers, type NetworkSpec } from '../spec'
import { implementationOf, type Sampling } from './implementation'
import type { Unrolled } from './unroll'

/** Up to so many weights of the head, one workgroup is not slower with all three than three dispatches are, of which many
 * workgroups make the product. Measured on a software adapter with two cores: a character of an LSTM takes 88 µs in place
 * of 143 with 28 × 64 weights, 175 in place of 185 with 128 × 128, as long with 128 × 256, and 465 in place of 436 with
 * 256 × 256. */
const fewWeights = 2 ** 14

/** Whether head, sample and look-up are one dispatch. */
const samplesInOne = (spec: NetworkSpec): boolean => isPlainStack(spec) && pad4(headSize(spec)) * pad4(inputSize(spec, 'head')) <= fewWeights

/** How many characters one dispatch samples; null where each takes a dispatch or more: as in every network that is more than a stack of layers. */
function samplingOf(tuning: Tuning, spec: NetworkSpec): Sampling | null {
  if (!isPlainStack(spec)) return null
  const { input } = completeSpec(spec)
  const layers = recurrentLayers(spec)
  // The kernels of many steps have the usual functions alone, and no projection.
  if (!layers.every(({ layer }) => hasUsualActivations(layer) && layer.projection === undefined)) return null
  const embeds = 'ids' in input && input.embedding ? 1 : 0
  const steps = layers.reduce((n, { layer }) => n + cells[layer.cell].forward.length, 0)
  return implementationOf(tuning.strategy).sampling(tuning, spec, steps + layers.length - 1 + embeds + (samplesInOne(spec) ? 1 : 2 + embeds))
}

/** Steps of a submit: more where a dispatch makes many. */
export const samplingSteps = (tuning: Tuning, spec: NetworkSpec): number => samplingOf(tuning, spec)?.steps ?? 64

/** The T steps of a single row, each from the state before it and its id to the next id: where the commands of each end, for a run
 * of fewer. */
export function sampleSteps(plan: Plan, unrolled: Unrolled, sampling: View): number[] {
  const {
    options: { steps: T },
    spec,
  } = unrolled
  const loop = samplingOf(plan.tuning, spec)
  if (loop) return loop.sample(plan, unrolled, sampling)
  return Array.from({ length: T }, (_, s) => {
    sampleStep(plan, unrolled, sampling, s)
    return plan.commands.length
  })
}

/** Step s of a single row: from the state before it and its id to the next id. */
function sampleStep(plan: Plan, unrolled: Unrolled, sampling: View, s: number): void {
  const {
    spec,
    parameters,
    batch: { ids },
  } = unrolled
  const { logits } = unrolled.head!
  const V = headSize(spec)
  const width = plan.tuning.reductionWidth
  if (!samplesInOne(spec)) {
    unrolled.forward(plan, s, s + 1)
    plan.dispatch(`draw s=${s}`, 'token/sample', { bindings: { sampling, logits, ids }, size: { B: 1, V, stride4: pad4(V) / 4, s }, grid: [1, 1, 1], width })
    return
  }
  const {
    T,
    P4: H4,
    scratch,
    memory: { h },
  } = unrolled.layers.at(-1)!
  const embedding = unrolled.embedding
  const offset4 = ({ offset }: View) => offset / 16
  if (s === 0) unrolled.lookUp(plan, 0, 1)
  unrolled.layersForward(plan, s, s + 1)
  plan.dispatch(`O${embedding ? ', draw and look-up' : ' and draw'} s=${s}`, 'token/sample_step', {
    bindings: { sampling, parameters: parameters.values, h, logits, ids, out: embedding?.out ?? scratch },
    size: {
      s,
      T,
      H4,
      V,
      W: offset4(parameters.value('head.W')),
      b: offset4(parameters.value('head.b')),
      table: embedding ? offset4(embedding.table) : 0,
      width4: embedding?.stride ?? 0,
    },
    grid: [1, 1, 1],
    width,
  })
}
