// An optimizer's kernel over some steps, beside the reference.
import type { Gpu } from '../gpu/device'
import type { Optimizer } from '../optimizer'
import { clipValue, Optimizer as Reference } from '../reference'
import { numbers, updateBound } from './bounds'
import { finding, type Finding } from './compare'
import { runKernel, type Data } from './kernel'

/** What an optimizer remembers of each parameter, as its kernel calls it. */
const memories = { sgd: [], momentum: ['velocity'], rmsprop: ['square'], adam: ['mean', 'square'] } as const

/** The numbers that the kernels of an update are told (shaders/lib/control.wgsl). */
export const control = (values: readonly number[], policy = 0): Float32Array<ArrayBuffer> => {
  const made = Float32Array.from({ length: 12 }, (_, i) => values[i] ?? 0)
  new Uint32Array(made.buffer)[11] = policy
  return made
}

const updates = 3

/** Three updates of 300 parameters, their gradients scaled and then clipped by element. */
export async function updateFindings(gpu: Gpu, kind: Optimizer['kind']): Promise<Finding[]> {
  const n = 300
  const rule = { kind, rate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-8, decay: kind === 'adam' ? 0.3 : 0 }
  const [scale, limit] = [0.3, 0.1].map(Math.fround) as [number, number]
  const reference = new Reference(rule)
  const expected = new Map([['p', Float64Array.from(numbers(n, 1))]])
  let parameters: Data = numbers(n, 1)
  let memory: Record<string, Data> = Object.fromEntries(memories[kind].map((name) => [name, new Float32Array(n)]))
  for (let step = 1; step <= updates; step++) {
    const gradients = numbers(n, 10 + step)
    reference.update(expected, clipValue(new Map([['p', Float64Array.from(gradients, (v) => v * scale)]]), limit))
    const made = (await runKernel(gpu, `optimizer/${kind}` as 'optimizer/sgd', {
      size: { n4: n / 4, stride: 64 },
      grid: [64, 1, 1],
      data: {
        control: control([0, rule.rate, 0, limit, rule.beta1, rule.beta2, rule.epsilon, rule.decay, 1 - rule.beta1 ** step, 1 - rule.beta2 ** step]),
        statistics: Float32Array.of(0, 0, scale, 0),
        gradients,
        parameters,
        groups: new Uint32Array(4), // all alike
        ...memory,
      },
    })) as Record<string, Float32Array>
    parameters = Float32Array.from(made.parameters!)
    memory = Object.fromEntries(memories[kind].map((name) => [name, Float32Array.from(made[name]!)]))
  }
  return [finding('parameters', parameters, expected.get('p')!, 1, updateBound(rule, updates))]
}
