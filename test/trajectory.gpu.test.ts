// The same road as PyTorch: from the same weights, batches and optimizer, the loss of every training step follows
// PyTorch's float32 run. The fixture and the script that made it are in test/fixtures.
import { describe, expect, test } from 'vitest'
import type { CellName } from '../src/cells'
import { Network } from '../src/network'
import type { Optimizer } from '../src/optimizer'
import { Trainer } from '../src/trainer'
import fixture from './fixtures/pytorch-trajectory.json'
import { testDevice } from './support/kernel'
import { sampled } from './support/sampled'

const { batch: B, steps: T, hidden, classes, clipNorm, tokens, offsets, initial, runs } = fixture

const decode = (base64: string) => new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)

/** Sequential partition, as test/fixtures/pytorch.py cuts it. */
function* batches() {
  for (const offset of offsets) {
    const rowLength = Math.floor((tokens.length - offset - 1) / B)
    for (let k = 0; k < Math.floor(rowLength / T); k++) {
      const at = (shift: number) => Uint32Array.from({ length: T * B }, (_, n) => tokens[offset + shift + (n % B) * rowLength + k * T + Math.floor(n / B)]!)
      yield { ids: at(0), targets: at(1), fresh: k === 0 }
    }
  }
}

describe.each(sampled(runs, { axes: { cell: ({ cell }) => cell, name: ({ name }) => name } }))('$cell, $name', ({ cell, rule, losses, norms }) => {
  test('every loss within 0.1 % of PyTorch, every gradient norm within 1 %', async () => {
    const network = await Network.create({
      device: await testDevice(),
      input: { ids: classes },
      layers: [{ cell: cell as CellName, hidden }],
      head: { classes },
    })
    const weights = Object.entries(initial[cell as keyof typeof initial]).filter(([name]) => network.parameters.has(name))
    expect(weights.length).toBe(network.parameters.names.length)
    network.writeParameters(new Map(weights.map(([name, values]) => [name, decode(values)])))
    const optimizer = { beta1: 0, beta2: 0, epsilon: 0, decay: 0, ...rule } as Optimizer
    const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer, clipNorm })
    const made = []
    for (const batch of batches()) {
      if (made.length === losses.length) break
      made.push(trainer.step(batch))
    }
    const results = await Promise.all(made)
    expect(results.length).toBe(losses.length)
    results.forEach(({ loss, gradientNorm }, i) => {
      expect(Math.abs(loss / losses[i]! - 1), `loss of step ${i}`).toBeLessThan(1e-3)
      // A norm is not averaged over targets as a loss is, and so strays more as two float32 runs part.
      expect(Math.abs(gradientNorm / norms[i]! - 1), `norm of step ${i}`).toBeLessThan(1e-2)
    })
    trainer.destroy()
    network.destroy()
  })
})

test('clipping is active in a good part of the steps of each cell', () => {
  for (const cell of Object.keys(initial)) {
    const [clipped, all] = runs
      .filter((run) => run.cell === cell)
      .reduce(([c, n], run) => [c + run.norms.filter((v) => v > clipNorm).length, n + run.norms.length], [0, 0])
    expect(clipped / all, cell).toBeGreaterThan(0.1)
  }
})
