// Sampling on a GPU by one workgroup, many steps a dispatch (shaders/token/sample_loop.wgsl): whether a network fits, and whether
// that is faster than a dispatch or more for every step.
import { cells, rowForms } from '../cells'
import type { View } from '../gpu/view'
import type { Overrides } from '../gpu/kernels'
import type { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'
import { pad4 } from '../gpu/tensor'
import { completeSpec, headSize, recurrentLayers, type NetworkSpec } from '../spec'
import { rowStride, stacksOf } from './stack'
import type { Sampling } from './implementation'
import { maxDispatchSeconds } from './steps'
import type { Unrolled } from './unroll'

/** Invocations of a workgroup, and vec4f of its memory, that every device has. Sampling takes a vec4f for each invocation. */
const limits = { invocations: 256, memory: 1024 }

/** Seconds between two dispatches that depend on each other, the least that was published (docs/model.md). */
const dispatchSeconds = 17e-6

/** Steps of a submit. */
const loopSteps = 128

interface Loop {
  readonly width: number
  readonly constants: Overrides<'token/sample_loop'> & { readonly H4: number }
  readonly slices: Readonly<Record<'k_slices' | 'reset_k_slices' | 'head_k_slices', number>>
  /** Steps that a dispatch makes. */
  readonly steps: number
}

/** How one workgroup samples from a network; null where its layers differ, where it is too large, and where `dispatches` for every step are
 * faster, as all of a GPU works on each. */
function loopOf(tuning: Tuning, spec: NetworkSpec, dispatches: number): Loop | null {
  const { input } = completeSpec(spec)
  const all = recurrentLayers(completeSpec(spec)).map(({ layer }) => layer)
  const [layer, layers] = [all[0]!, all.length]
  if (stacksOf(spec, () => layers).length > 1) return null
  const cell = cells[layer.cell]
  if (cell.row === null) return null
  const gates = cell.gates.length
  const [H4, E4, V4] = [pad4(layer.hidden) / 4, pad4(('ids' in input && input.embedding) || 0) / 4, pad4(headSize(spec)) / 4]
  const blocks = (gates + Number(cell.recurrentBias)) * H4
  const slicesOf = (blocks: number) => Math.max(1, Math.min(H4, Math.floor(limits.invocations / blocks)))
  const [k_slices, reset_k_slices, head_k_slices] = [slicesOf(blocks), cell.recurrent.length > 1 && !cell.recurrentBias ? slicesOf(H4) : 0, slicesOf(V4)]
  const sums_length = Math.max(k_slices * blocks, head_k_slices * V4)
  const sums2_length = Math.max(1, reset_k_slices * H4)
  const width = Math.min(limits.invocations, 32 * Math.ceil(Math.max(sums_length, sums2_length) / 32))
  const memory = width + E4 + (layers + 1) * H4 + (cell.states.includes('c') ? layers * H4 : 1) + sums_length + sums2_length + 1
  const weights = 16 * (gates * H4 * (E4 + (2 * layers - 1) * H4) + H4 * V4)
  const seconds = (2 * weights) / tuning.workgroupRate
  if (memory > limits.memory || seconds > dispatches * dispatchSeconds) return null
  return {
    width,
    steps: Math.max(1, Math.min(loopSteps, Math.floor(maxDispatchSeconds / seconds))),
    constants: {
      form: rowForms.indexOf(cell.row),
      gates,
      ...cell.constants,
      reset_after: cell.recurrentBias,
      peepholes: layer.peepholes!,
      H4,
      E4,
      V4,
      layers,
      sums_length,
      sums2_length,
    },
    slices: { k_slices, reset_k_slices, head_k_slices },
  }
}

/** Dispatches the T steps of a single row; returns where the commands of each step end. The buffer `sampling` says how
 * many are run. */
function writeLoop(plan: Plan, unrolled: Unrolled, sampling: View, { constants, slices, steps, width }: Loop): number[] {
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
  const offset4 = (name: string) => (parameters.has(name) ? parameters.value(name).offset / 16 : 0)
  const dispatches = Math.ceil(T / steps)
  plan.repeat(dispatches, (i) => {
    const first = i * steps
    const end = Math.min(T, first + steps)
    plan.dispatch(`characters ${first} to ${end - 1}`, 'token/sample_loop', {
      bindings: { sampling, parameters: parameters.values, h, c: c ?? scratch, logits: head!.logits, ids },
      size: {
        first,
        end,
        terms4: constants.H4,
        ...slices,
        slot: T,
        V: headSize(spec),
        layer_stride: rowStride(T + 2) * constants.H4,
        W: offset4('layers.0.W'),
        second_W: offset4('layers.1.W'),
        U: offset4('layers.0.U'),
        b: offset4('layers.0.b'),
        bn: offset4('layers.0.bn'),
        p: offset4('layers.0.p'),
        layer_parameters: Math.max(0, offset4('layers.1.U') - offset4('layers.0.U')),
        head_W: offset4('head.W'),
        head_b: offset4('head.b'),
        table: offset4('embedding'),
      },
      grid: [1, 1, 1],
      constants,
      width,
    })
  })
  return Array.from({ length: T }, (_, s) => plan.commands.length - dispatches + Math.ceil((s + 1) / steps))
}

export function sampling(tuning: Tuning, spec: NetworkSpec, dispatches: number): Sampling | null {
  const loop = loopOf(tuning, spec, dispatches)
  return loop && { steps: loopSteps, sample: (plan, unrolled, sampling) => writeLoop(plan, unrolled, sampling, loop) }
}
