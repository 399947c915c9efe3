// Sampling in one dispatch: a workgroup holds all matrices in its registers (shaders/resident/lib/sample_loop.wgsl).
import { cells } from '../cells'
import type { View } from '../gpu/view'
import type { Overrides } from '../gpu/kernels'
import type { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'
import { pad4 } from '../gpu/tensor'
import type { Sampling } from '../schedule/implementation'
import { rowStride, stacksOf } from '../schedule/stack'
import type { Unrolled } from '../schedule/unroll'
import { completeSpec, headSize, recurrentLayers, type NetworkSpec } from '../spec'

/** At most: terms of the large kernel and of the small one; classes, as few invocations sample. */
const limits = { terms: 512, fewTerms: 128, layers: 4, classes: 1024, invocations: 256 }
/** Steps of a submit. */
const steps = 128

interface ResidentSampling {
  readonly kernel: 'resident/sample_loop' | 'resident/sample_loop_small'
  readonly width: number
  readonly constants: Overrides<'resident/sample_loop'> & { readonly H: number }
}

/** The kernel and its constants; null for a network that is too large for it, or whose layers differ. */
function residentSampling(spec: NetworkSpec): ResidentSampling | null {
  const { input } = completeSpec(spec)
  const all = recurrentLayers(completeSpec(spec)).map(({ layer }) => layer)
  const [layer, layers, V] = [all[0]!, all.length, headSize(spec)]
  const cell = cells[layer.cell]
  const gates = cell.gates.length
  const [H, E] = [pad4(layer.hidden), pad4(('ids' in input && input.embedding) || 0)]
  // An invocation has two units, or eight of one gate; those after them have eight classes.
  const width = pad4(Math.ceil((gates === 1 ? H / 4 : H) / 2)) + pad4(Math.ceil(V / 8))
  const terms = E + (2 * layers - 1) * H
  const fits = terms <= limits.terms && layers <= limits.layers && V <= limits.classes && width <= limits.invocations
  if (!cell.resident || !fits || stacksOf(spec, () => layers).length > 1) return null
  return {
    kernel: terms <= limits.fewTerms ? 'resident/sample_loop_small' : 'resident/sample_loop',
    width,
    constants: {
      gates,
      ...cell.constants,
      reset_after: cell.recurrentBias,
      peepholes: layer.peepholes!,
      H,
      E,
      layers,
      max_k4: Math.max(H, E) / 4,
      row_length: E + (layers + 1) * H,
    },
  }
}

/** Dispatches as many steps as the buffer `sampling` says at once. */
function write(plan: Plan, unrolled: Unrolled, sampling: View, { kernel, width, constants }: ResidentSampling): number[] {
  const {
    options: { steps: T },
    spec,
    parameters,
    stacks,
    layers,
    head,
    batch: { ids },
  } = unrolled
  const { memory, scratch } = layers[0]!
  const { h, c } = stacks[0]!.together?.memory ?? memory
  const offsetOf = (name: string) => (parameters.has(name) ? parameters.value(name).offset / 4 : 0)
  plan.dispatch(`${T} characters`, kernel, {
    bindings: { sampling, parameters: parameters.values, h, c: c ?? scratch, logits: head!.logits, ids },
    size: {
      T,
      V: headSize(spec),
      layer_stride: rowStride(T + 2) * constants.H,
      W: offsetOf('layers.0.W'),
      second_W: offsetOf('layers.1.W'),
      U: offsetOf('layers.0.U'),
      b: offsetOf('layers.0.b'),
      bn: offsetOf('layers.0.bn'),
      p: offsetOf('layers.0.p'),
      layer_parameters: Math.max(0, offsetOf('layers.1.U') - offsetOf('layers.0.U')),
      head_W: offsetOf('head.W'),
      head_b: offsetOf('head.b'),
      table: offsetOf('embedding'),
    },
    grid: [1, 1, 1],
    constants,
    width,
  })
  return Array.from({ length: T }, () => plan.commands.length)
}

export function sampling(_: Tuning, spec: NetworkSpec): Sampling | null {
  const resident = residentSampling(spec)
  return resident && { steps, sample: (plan, unrolled, sampling) => write(plan, unrolled, sampling, resident) }
}
