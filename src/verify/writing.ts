// Writing by one workgroup, many characters a dispatch: what each character was sampled from, and the sample.
import { numbers, writingBound } from '../agreement/bounds'
import { drawn } from '../agreement/drawn'
import { cells, type CellName } from '../cells'
import type { Gpu } from '../gpu/device'
import type { KernelName } from '../gpu/kernels'
import { strategyOf, type StrategyName } from '../gpu/strategy'
import { Network } from '../network'
import { forward } from '../reference'
import { parameterShapes, type NetworkSpec } from '../spec'
import { loadKernels } from '../strategies'
import { TextGenerator } from '../text/generator'
import { exactly, finding, type Check, type Finding } from './check'
import { stepKernels } from './networks'

const options = { length: 60, temperature: 0.7, topK: 4, seed: 8 }
const prefix = [1, 4, 0, 3]

/** So small that an error of rounding dies away, and does not grow from step to step. */
const valuesOf = (spec: NetworkSpec): Map<string, Float32Array<ArrayBuffer>> =>
  new Map(
    [...parameterShapes(spec)].map(([name, shape], i) => {
      const scale = name.endsWith('.U') ? 1 / Math.sqrt(shape[1]!) : 1
      const length = shape.reduce((n, size) => n * size, 1)
      return [name, numbers(length, i + 1).map((v) => v * scale)] as const
    }),
  )

async function writingFindings(gpu: Gpu, spec: NetworkSpec, strategy: StrategyName): Promise<Finding[]> {
  await loadKernels(strategy)
  const V = (spec.head as { classes: number }).classes
  const values = valuesOf(spec)
  const network = await Network.create({ device: gpu, ...spec })
  let generator: TextGenerator | undefined
  try {
    network.writeParameters(values)
    generator = await TextGenerator.create(network, strategy)
    const [ids, rows]: [number[], number[][]] = [[...prefix], []]
    for await (const part of generator.generate(Uint32Array.from(prefix), options, true)) {
      ids.push(...part.ids)
      for (let n = 0; n < part.ids.length; n++) rows.push([...part.logits!.subarray(n * generator.stride, n * generator.stride + V)])
    }
    const wide = new Map([...values].map(([name, v]) => [name, Float64Array.from(v)]))
    const { logits } = forward(spec, wide, { ids: Uint32Array.from(ids.slice(0, -1)) }, { batch: 1 })
    const right = rows.map((row, n) => drawn(row, { ...options, index: prefix.length - 1 + n }) ?? ids[prefix.length + n]!)
    return [finding('logits', rows.flat(), logits.slice((prefix.length - 1) * V), 1, writingBound), exactly('characters', ids.slice(prefix.length), right)]
  } finally {
    generator?.destroy()
    network.destroy()
  }
}

/** How a cell writes under a strategy: two layers after an embedding; with register-resident weights also one that takes more of them. */
export function writingChecks(cell: CellName, strategy: StrategyName): Check[] {
  const { kernels } = strategyOf(strategy)
  const small: NetworkSpec = {
    input: { ids: 9, embedding: 5 },
    layers: [
      { cell, hidden: 13, learnInitial: true },
      { cell, hidden: 13, learnInitial: true },
    ],
    head: { classes: 9 },
  }
  const large: NetworkSpec = { input: { ids: 9 }, layers: [{ cell, hidden: cells[cell].gates.length === 1 ? 180 : 140 }], head: { classes: 9 } }
  const check = (kernel: KernelName, what: string, spec: NetworkSpec, uses: readonly KernelName[]): Check => ({
    parts: [{ kernel, what: `${cell}: ${what}` }],
    strategy,
    uses,
    run: async (gpu) => [await writingFindings(gpu, spec, strategy)],
  })
  if (kernels === 'workgroup') return [check('token/sample_loop', 'two layers after an embedding', small, ['layer/initial_state'])]
  if (kernels === 'tile' || !cells[cell].resident) {
    const product = kernels === 'tile' ? 'tile/product_nn' : 'resident/product'
    const uses = [stepKernels(cell, strategy).forward, product, 'token/embedding_forward', 'layer/initial_state'] as const
    return [check('token/sample_step', 'two layers after an embedding', small, uses)]
  }
  return [
    check('resident/sample_loop_small', 'two layers after an embedding', small, ['layer/initial_state']),
    check('resident/sample_loop', 'one layer of many units', large, []),
  ]
}
