// Initial weights, drawn on the CPU from counter-based random numbers: the same seed gives the same network anywhere.
import { Random } from './random'
import { directions, parameterShapes, type NetworkSpec } from './spec'

/** Every parameter of the network, as PyTorch draws them: layers and head uniform in ±1/√n, n = H for a layer and
 * D·H for the head; an embedding normal with deviation 1. Each parameter has a random stream of its own. */
export function initialise(spec: NetworkSpec, seed: number): Map<string, Float32Array<ArrayBuffer>> {
  const last = spec.layers.at(-1)!
  const values = new Map<string, Float32Array<ArrayBuffer>>()
  let stream = 0
  for (const [name, shape] of parameterShapes(spec)) {
    const random = new Random(seed, stream++)
    const size = shape.reduce((a, b) => a * b, 1)
    if (name === 'embedding') {
      values.set(name, Float32Array.from({ length: size }, () => random.normal()))
      continue
    }
    const n = name.startsWith('head.') ? last.hidden * directions(last) : spec.layers[Number(name.split('.')[1])]!.hidden
    values.set(name, Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) / Math.sqrt(n)))
  }
  return values
}
