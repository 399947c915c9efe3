// Two biases trained as torch.nn trains them, and parameter groups: 100 steps beside PyTorch. The fixture and its script are in test/fixtures.
import { describe, expect, test } from 'vitest'
import type { CellName } from '../src/cells'
import { Network } from '../src/network'
import type { Optimizer } from '../src/optimizer'
import { Trainer } from '../src/trainer'
import { testDevice } from './support/kernel'
import { sampled } from './support/sampled'
import { batches, decode, fixture, groups, road } from './support/two-biases'

const { batch, steps, hidden, classes, clipNorm } = road

describe.each(sampled(fixture.runs, { axes: { cell: ({ cell }) => cell, name: ({ name }) => name } }))(
  '$cell, $name',
  ({ cell, rule, losses, norms, groups: grouped }) => {
    test('every loss within 0.1 % of torch.nn, every gradient norm within 1 %', async () => {
      const layers = [{ cell: cell as CellName, hidden, bias: 'two' }] as const
      const network = await Network.create({ device: await testDevice(), input: { ids: classes }, layers, head: { classes } })
      const initial = new Map(Object.entries(fixture.initial[cell as keyof typeof fixture.initial]).map(([name, values]) => [name, decode(values)]))
      network.writeParameters(initial)
      const optimizer = { beta1: 0, beta2: 0, epsilon: 0, decay: 0, ...rule } as Optimizer
      const trainer = await Trainer.create(network, { steps, batch, optimizer, clipNorm, ...(grouped && { groups }) })
      const results = await Promise.all([...batches(losses.length)].map(({ ids, targets, fresh }) => trainer.step({ ids, targets, fresh })))
      let [worst, worstNorm] = [0, 0]
      results.forEach(({ loss, gradientNorm }, i) => {
        worst = Math.max(worst, Math.abs(loss / losses[i]! - 1))
        worstNorm = Math.max(worstNorm, Math.abs(gradientNorm / norms[i]! - 1))
      })
      console.log(
        `${cell}, two biases, ${losses.length} steps beside torch.nn: losses within ${worst.toExponential(1)}, norms within ${worstNorm.toExponential(1)}`,
      )
      expect(results.length).toBe(losses.length)
      expect(worst).toBeLessThan(1e-3)
      expect(worstNorm).toBeLessThan(1e-2)
      if (grouped) expect((await network.readParameters()).get('layers.0.W')).toEqual(initial.get('layers.0.W'))
      trainer.destroy()
      network.destroy()
    })
  },
)
