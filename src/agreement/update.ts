// An optimizer's kernel over some steps, beside the reference.
import type { Gpu } from '../gpu/device'
import type { Optimizer } from '../optimizer'
import { clipValue, Optimizer as Reference, type Share } from '../reference'
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

const n = 300

/** Four groups of 75: as all others; frozen; each stands for two; half the rate, and a decay of its own. */
export const shares: ReadonlyMap<string, Share> = new Map([
  ['usual', {}],
  ['frozen', { times: () => 0 }],
  ['twice', { times: () => 2 }],
  ['slow', { rate: 0.5, decay: 0.1 }],
])

/** What is one for all, by group. */
export const grouped = (values: ArrayLike<number>): Map<string, Float64Array> =>
  new Map([...shares.keys()].map((name, g) => [name, Float64Array.from(values).filter((_, i) => groupOf(i) === g)]))

const groupOf = (i: number): number => Math.floor(i / 4) % shares.size

/** The groups as the kernels read them (shaders/lib/groups.wgsl). @param decay of those that have none of their own */
export function groupWords(decay: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(256 + Math.ceil(n / 16))
  const table = new Float32Array(words.buffer)
  ;[...shares.values()].forEach(({ times, rate = 1, decay: own = decay }, g) => table.set([times?.(0) ?? 1, rate, own], 4 * g))
  new Uint8Array(words.buffer, 1024).set(Array.from({ length: n / 4 }, (_, i) => groupOf(4 * i)))
  return words
}

/** Three updates of 300 parameters, their gradients scaled and then clipped by element; alike, or in groups. */
export async function updateFindings(gpu: Gpu, kind: Optimizer['kind'], inGroups = false): Promise<Finding[]> {
  const split = inGroups ? grouped : (values: ArrayLike<number>) => new Map([['all', Float64Array.from(values)]])
  const rule = { kind, rate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-8, decay: kind === 'adam' ? 0.3 : 0 }
  const [scale, limit] = [0.3, 0.1].map(Math.fround) as [number, number]
  const reference = new Reference(rule)
  const expected = split(numbers(n, 1))
  let parameters: Data = numbers(n, 1)
  let memory: Record<string, Data> = Object.fromEntries(memories[kind].map((name) => [name, new Float32Array(n)]))
  for (let step = 1; step <= updates; step++) {
    const gradients = numbers(n, 10 + step)
    reference.update(expected, clipValue(split(Float64Array.from(gradients, (v) => v * scale)), limit), rule.rate, inGroups ? shares : undefined)
    const made = (await runKernel(gpu, `optimizer/${kind}` as 'optimizer/sgd', {
      size: { n4: n / 4, stride: 64 },
      grid: [64, 1, 1],
      ...(inGroups && { constants: { grouped: true } }),
      data: {
        control: control([0, rule.rate, 0, limit, rule.beta1, rule.beta2, rule.epsilon, rule.decay, 1 - rule.beta1 ** step, 1 - rule.beta2 ** step]),
        statistics: Float32Array.of(0, 0, scale, 0),
        gradients,
        parameters,
        groups: inGroups ? groupWords(rule.decay) : new Uint32Array(4),
        ...memory,
      },
    })) as Record<string, Float32Array>
    parameters = Float32Array.from(made.parameters!)
    memory = Object.fromEntries(memories[kind].map((name) => [name, Float32Array.from(made[name]!)]))
  }
  const made = split(parameters)
  return [...expected].map(([name, values]) => finding(`parameters, ${name}`, made.get(name)!, values, 1, updateBound(rule, updates)))
}
