// From the gradients to new parameters: the norm, then all parameters in one dispatch, whatever the optimizer.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'
import type { Optimizer } from '../optimizer'
import type { Parameters } from '../parameters'
import type { Unrolled } from './unroll'

/** What an optimizer remembers of each parameter, by name: as many flat arrays as its kind needs, zero at first. */
export function allocateOptimizer(gpu: Gpu, kind: Optimizer['kind'], parameters: Parameters): Map<string, View> {
  const names = { sgd: [], momentum: ['velocity'], rmsprop: ['square'], adam: ['mean', 'square'] }[kind]
  const { size } = parameters.values
  return new Map(names.map((name) => [name, { buffer: gpu.buffer(`optimizer ${name}`, size), offset: 0, size }]))
}

/** Invocations that walk over a flat array together: in workgroups as many as there would be of 64, at most as many as told. */
const flat = ({ values }: Parameters, { elementsPerInvocation: elements }: Tuning, workgroups: number, width = 64) => {
  const n4 = values.size / 16
  const stride = Math.min(Math.ceil(n4 / 64 / elements), workgroups) * width
  return { size: { n4, stride }, grid: [stride, 1, 1] as const }
}

/** Partial sums of squares of the gradient; returns how many. */
export function gradientNorm(plan: Plan, { parameters, partials, groups }: Unrolled): number {
  const width = plan.tuning.reductionWidth
  const shape = flat(parameters, plan.tuning, 256, width)
  const bindings = { gradients: parameters.gradients, partials, groups: groups ?? parameters.zeros }
  plan.dispatch('gradient norm', 'optimizer/gradient_norm', { ...shape, width, bindings, ...groupedOf(groups) })
  return shape.size.stride / width
}

/** Constants of a kernel that reads parameter groups; none where all are alike. */
const groupedOf = (groups: View | null) => (groups ? { constants: { grouped: true } } : {})

export function update(
  plan: Plan,
  kind: Optimizer['kind'],
  { parameters, batch: { control }, statistics, groups }: Unrolled,
  memory: ReadonlyMap<string, View>,
): void {
  const bindings = { control, statistics, gradients: parameters.gradients, parameters: parameters.values, groups: groups ?? parameters.zeros }
  const shape = { ...flat(parameters, plan.tuning, 4096), ...groupedOf(groups) }
  const of = (name: string) => memory.get(name)!
  switch (kind) {
    case 'sgd':
      return plan.dispatch('update', 'optimizer/sgd', { ...shape, bindings })
    case 'momentum':
      return plan.dispatch('update', 'optimizer/momentum', { ...shape, bindings: { ...bindings, velocity: of('velocity') } })
    case 'rmsprop':
      return plan.dispatch('update', 'optimizer/rmsprop', { ...shape, bindings: { ...bindings, square: of('square') } })
    case 'adam':
      return plan.dispatch('update', 'optimizer/adam', { ...shape, bindings: { ...bindings, mean: of('mean'), square: of('square') } })
  }
}

/** Adds the gradients of earlier passes to those of the last one. */
export function addGradients(plan: Plan, { parameters }: Unrolled, earlier: View): void {
  plan.dispatch('gradients added up', 'optimizer/add_gradients', {
    ...flat(parameters, plan.tuning, 4096),
    bindings: { earlier, gradients: parameters.gradients },
  })
}

/** Keeps copies of the parameters and of what the optimizer remembers, or goes back to them; nothing without copies. */
export function rollBack(
  plan: Plan,
  { parameters, batch: { control }, statistics }: Unrolled,
  memory: ReadonlyMap<string, View>,
  copies: ReadonlyMap<string, View>,
): void {
  const shape = flat(parameters, plan.tuning, 4096)
  for (const [name, copy] of copies)
    plan.dispatch(`roll back ${name}`, 'optimizer/roll_back', {
      ...shape,
      bindings: { control, statistics, values: memory.get(name) ?? parameters.values, copy },
    })
}
