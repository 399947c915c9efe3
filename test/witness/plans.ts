// Every cell by every plan that a GPU is offered, and by each way of writing, on the adapter of Dawn in Node, against the reference in
// float64: a second compiler's word beside Chrome's software adapter.
import { createRequire } from 'node:module'
import { cellNames } from '../../src/cells'
import { strategyNames, type StrategyName } from '../../src/gpu/strategy'
import { Network } from '../../src/network'
import type { NetworkSpec } from '../../src/spec'
import { TextGenerator } from '../../src/text/generator'
import { compare } from '../support/agreement'
import { asIf, perCharacter, testDevice } from '../support/kernel'

const dawn = createRequire(import.meta.url)(String(process.env.SLUICE_DAWN)) as { create(options: string[]): GPU; globals: object }
Object.assign(globalThis, dawn.globals)
Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu: dawn.create([]), userAgent: 'Node' } })

const words = process.argv.slice(2)
const strategies = strategyNames.filter((strategy) => /^(per-step|fused)/.test(strategy) && (words.length === 0 || words.includes(strategy)))
let failures = 0
const say = (title: string, wrong: string, begin: number) => {
  if (wrong) failures++
  console.log(`${wrong ? 'FAILED' : 'right '} ${title}${wrong && `: ${wrong}`} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
}

console.log((await testDevice()).adapterName)
for (const cell of cellNames)
  for (const strategy of strategies as StrategyName[]) {
    const begin = performance.now()
    // Rows and units that fill no tile; two layers, and both directions.
    const spec: NetworkSpec = {
      input: { ids: 7 },
      layers: [
        { cell, hidden: 21 },
        { cell, hidden: 21, bidirectional: true },
      ],
      head: { classes: 7 },
    }
    const errors = await compare({ spec, steps: 5, batch: 9, lengths: [5, 1, 4, 5, 2, 3, 5, 4, 5], strategy, initial: true })
    say(
      `${cell} by ${strategy}: worst error ${Math.max(...errors.values()).toFixed(3)} of the tolerance`,
      [...errors]
        .filter(([, error]) => !(error <= 1))
        .map(([name, error]) => `${name} ${error}`)
        .join(', '),
      begin,
    )
  }

for (const cell of words.length === 0 || words.includes('write') ? cellNames : []) {
  const begin = performance.now()
  const spec: NetworkSpec = {
    input: { ids: 9, embedding: 5 },
    layers: [
      { cell, hidden: 13 },
      { cell, hidden: 13 },
    ],
    head: { classes: 9 },
  }
  const [alone, every] = await Promise.all(
    [asIf(await testDevice(), false), perCharacter(await testDevice())].map(async (device) => {
      const network = await Network.create({ device, ...spec, seed: 4 })
      const writer = await TextGenerator.create(network)
      const ids: number[] = []
      for await (const part of writer.generate(Uint32Array.of(1, 2), { length: 100, seed: 3 })) ids.push(...part.ids)
      return ids.join()
    }),
  )
  say(`${cell} writes the same by one workgroup and by a dispatch for every character`, alone === every ? '' : `${alone}, and ${every}`, begin)
}
process.exit(failures > 0 ? 1 : 0)
