// Who is dispatched when a network writes: at every step the layers, the head, the draw, and the look-up of what was drawn where
// there is an embedding. Or one dispatch for many steps: on a software adapter where a workgroup can hold the matrices, on a GPU where
// one is not slower than all.
import { cells } from '../cells'
import type { View } from '../gpu/device'
import type { Overrides } from '../gpu/kernels'
import { isPersistent, type Plan, type Tuning } from '../gpu/plan'
import { pad4 } from '../gpu/tensor'
import { completeSpec, headSize, type NetworkSpec } from '../spec'
import { rowsApart, stacksOf } from './stack'
import type { Unrolled } from './unroll'
import { loopOf, loopSteps, writeLoop, type Loop } from './write-loop'

/** Up to so many weights of the head, one workgroup is not slower with all three than three dispatches are, of which many
 * workgroups make the product. Measured on a software adapter with two cores: a character of an LSTM takes 88 µs in place
 * of 143 with 28 × 64 weights, 175 in place of 185 with 128 × 128, as long with 128 × 256, and 465 in place of 436 with
 * 256 × 256. */
const fewWeights = 2 ** 14

/** Whether head, draw and look-up are one dispatch. */
const writesInOne = (spec: NetworkSpec): boolean => pad4(headSize(spec)) * pad4(spec.layers.at(-1)!.hidden) <= fewWeights

/** What the workgroup that holds all matrices has room for (shaders/lib/persistent.wgsl), of all kernels and of the small one;
 * and so many classes, as few of its invocations draw. */
const most = { terms: 512, fewTerms: 128, layers: 4, classes: 1024, invocations: 256 }

interface Held {
  readonly kernel: 'token/write_persistent' | 'token/write_persistent_small'
  readonly width: number
  readonly constants: Overrides<'token/write_persistent'> & { readonly H: number }
}

/** The kernel that writes with all matrices held, and its constants; null for a network that is too large for it, or whose layers
 * differ. */
function heldBy(tuning: Tuning, spec: NetworkSpec): Held | null {
  const { input, layers: all } = completeSpec(spec)
  const [layer, layers, V] = [all[0]!, all.length, headSize(spec)]
  const cell = cells[layer.cell]
  const gates = cell.gates.length
  const [H, E] = [pad4(layer.hidden), pad4(('ids' in input && input.embedding) || 0)]
  // An invocation has two units, or twice four; those after them have twice four classes.
  const width = pad4(Math.ceil((gates === 1 ? H / 4 : H) / 2)) + pad4(Math.ceil(V / 8))
  const terms = E + (2 * layers - 1) * H
  const fits = terms <= most.terms && layers <= most.layers && V <= most.classes && width <= most.invocations
  if (!isPersistent(tuning) || !cell.resident || !fits || stacksOf(spec, () => layers).length > 1) return null
  return {
    kernel: terms <= most.fewTerms ? 'token/write_persistent_small' : 'token/write_persistent', width,
    constants: {
      gates, ...cell.constants, reset_after: cell.recurrentBias, peepholes: layer.peepholes!,
      H, E, layers, longest4: Math.max(H, E) / 4, row_length: E + (layers + 1) * H,
    },
  }
}

/** How one workgroup of a GPU writes; null where more dispatches do it sooner. */
function writingLoop(tuning: Tuning, spec: NetworkSpec): Loop | null {
  const { input, layers } = completeSpec(spec)
  const embeds = 'ids' in input && input.embedding ? 1 : 0
  const steps = layers.reduce((n, { cell }) => n + cells[cell].forward.length, 0)
  return loopOf(tuning, spec, steps + layers.length - 1 + embeds + (writesInOne(spec) ? 1 : 2 + embeds))
}

/** Steps of a submit: more where a dispatch makes many. */
export const writingSteps = (tuning: Tuning, spec: NetworkSpec): number => (heldBy(tuning, spec) ? 128 : writingLoop(tuning, spec) ? loopSteps : 64)

/** The T steps of a single row, each from the state before it and its id to the next id: where the commands of each end, for a run
 * of fewer. */
export function writeSteps(plan: Plan, unrolled: Unrolled, sampling: View): number[] {
  const { options: { steps: T }, spec } = unrolled
  const loop = writingLoop(plan.tuning, spec)
  if (loop) return writeLoop(plan, unrolled, sampling, loop)
  const held = heldBy(plan.tuning, spec)
  if (held) writePersistently(plan, unrolled, sampling, held)
  return Array.from({ length: T }, (_, s) => {
    if (!held) writeStep(plan, unrolled, sampling, s)
    return plan.commands.length
  })
}

/** As many steps as `sampling` says, in one dispatch. */
function writePersistently(plan: Plan, unrolled: Unrolled, sampling: View, { kernel, width, constants }: Held): void {
  const { options: { steps: T }, spec, parameters, stacks, layers, head, batch: { ids } } = unrolled
  const { memory, scratch } = layers[0]!
  const { h, c } = stacks[0]!.together?.memory ?? memory
  const place = (name: string) => (parameters.has(name) ? parameters.value(name).offset / 4 : 0)
  plan.dispatch(`${T} characters`, kernel, {
    bindings: { sampling, parameters: parameters.values, h, c: c ?? scratch, logits: head!.logits, ids },
    size: {
      T, V: headSize(spec), apart: rowsApart(T + 2) * constants.H,
      W: place('layers.0.W'), W1: place('layers.1.W'), U: place('layers.0.U'), b: place('layers.0.b'), bn: place('layers.0.bn'), p: place('layers.0.p'),
      next: Math.max(0, place('layers.1.U') - place('layers.0.U')), head_W: place('head.W'), head_b: place('head.b'), table: place('embedding'),
    },
    grid: [1, 1, 1], constants, width,
  })
}

/** Step s of a single row: from the state before it and its id to the next id. */
function writeStep(plan: Plan, unrolled: Unrolled, sampling: View, s: number): void {
  const { spec, parameters, batch: { ids } } = unrolled
  const { logits } = unrolled.head!
  const V = headSize(spec)
  const width = plan.tuning.alone
  if (!writesInOne(spec)) {
    unrolled.forward(plan, s, s + 1)
    plan.dispatch(`draw s=${s}`, 'token/sample', { bindings: { sampling, logits, ids }, size: { B: 1, V, stride4: pad4(V) / 4, s }, grid: [1, 1, 1], width })
    return
  }
  const { T, H4, scratch, memory: { h } } = unrolled.layers.at(-1)!
  const embedding = unrolled.embedding
  const place = ({ offset }: View) => offset / 16
  if (s === 0) unrolled.lookUp(plan, 0, 1)
  unrolled.layersForward(plan, s, s + 1)
  plan.dispatch(`O${embedding ? ', draw and look-up' : ' and draw'} s=${s}`, 'token/write', {
    bindings: { sampling, parameters: parameters.values, h, logits, ids, out: embedding?.out ?? scratch },
    size: { s, T, H4, V, W: place(parameters.value('head.W')), b: place(parameters.value('head.b')), table: embedding ? place(embedding.table) : 0, width4: embedding?.stride ?? 0 },
    grid: [1, 1, 1], width,
  })
}
