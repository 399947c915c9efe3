// Writing in one dispatch: a workgroup that keeps all matrices in its registers (shaders/resident/lib/sample_loop.wgsl).
import { cells } from '../cells'
import type { View } from '../gpu/view'
import type { Overrides } from '../gpu/kernels'
import type { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'
import { pad4 } from '../gpu/tensor'
import type { Sampling } from '../schedule/implementation'
import { rowStride, stacksOf } from '../schedule/stack'
import type { Unrolled } from '../schedule/unroll'
import { completeSpec, headSize, type NetworkSpec } from '../spec'

/** What the workgroup has room for, of the large kernel and of the small one; and so many classes, as few of its invocations draw. */
const most = { terms: 512, fewTerms: 128, layers: 4, classes: 1024, invocations: 256 }
/** Steps of a submit. */
const steps = 128

interface Kept {
  readonly kernel: 'resident/sample_loop' | 'resident/sample_loop_small'
  readonly width: number
  readonly constants: Overrides<'resident/sample_loop'> & { readonly H: number }
}

/** The kernel that writes, and its constants; null for a network that is too large for it, or whose layers differ. */
function keptOf(spec: NetworkSpec): Kept | null {
  const { input, layers: all } = completeSpec(spec)
  const [layer, layers, V] = [all[0]!, all.length, headSize(spec)]
  const cell = cells[layer.cell]
  const gates = cell.gates.length
  const [H, E] = [pad4(layer.hidden), pad4(('ids' in input && input.embedding) || 0)]
  // An invocation has two units, or twice four; those after them have twice four classes.
  const width = pad4(Math.ceil((gates === 1 ? H / 4 : H) / 2)) + pad4(Math.ceil(V / 8))
  const terms = E + (2 * layers - 1) * H
  const fits = terms <= most.terms && layers <= most.layers && V <= most.classes && width <= most.invocations
  if (!cell.resident || !fits || stacksOf(spec, () => layers).length > 1) return null
  return {
    kernel: terms <= most.fewTerms ? 'resident/sample_loop_small' : 'resident/sample_loop',
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

/** As many steps as `sampling` says, in one dispatch. */
function write(plan: Plan, unrolled: Unrolled, sampling: View, { kernel, width, constants }: Kept): number[] {
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
  const place = (name: string) => (parameters.has(name) ? parameters.value(name).offset / 4 : 0)
  plan.dispatch(`${T} characters`, kernel, {
    bindings: { sampling, parameters: parameters.values, h, c: c ?? scratch, logits: head!.logits, ids },
    size: {
      T,
      V: headSize(spec),
      layer_stride: rowStride(T + 2) * constants.H,
      W: place('layers.0.W'),
      second_W: place('layers.1.W'),
      U: place('layers.0.U'),
      b: place('layers.0.b'),
      bn: place('layers.0.bn'),
      p: place('layers.0.p'),
      layer_parameters: Math.max(0, place('layers.1.U') - place('layers.0.U')),
      head_W: place('head.W'),
      head_b: place('head.b'),
      table: place('embedding'),
    },
    grid: [1, 1, 1],
    constants,
    width,
  })
  return Array.from({ length: T }, () => plan.commands.length)
}

export function sampling(_: Tuning, spec: NetworkSpec): Sampling | null {
  const kept = keptOf(spec)
  return kept && { steps, sample: (plan, unrolled, sampling) => write(plan, unrolled, sampling, kept) }
}
