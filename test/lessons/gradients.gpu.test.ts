// The gradient of an LSTM's cell is worked out from what a look inside gives; at the first step the library tells it too.
import { expect, test } from 'vitest'
import { Network } from 'sluice'
import { random } from '../../demo/lessons/tasks'
import { cellGradients, norms } from '../../demo/worker/gradients/norms'
import { taskOf } from '../../demo/worker/gradients/tasks'
import { testDevice } from '../support/kernel'

const [T, B, H] = [12, 3, 8]

test('dL/dc leads to dL/dc of the initial state', async () => {
  const task = taskOf('adding', T, B, '')
  const network = await Network.create({ device: await testDevice(), ...task.network, layers: [{ cell: 'lstm', hidden: H }], seed: 3 })
  const { features, targets } = task.batch(random(5))
  const { trace: inside, gradients } = await network.run({ steps: T, batch: B, features: features!, targets, gradients: true, inspect: true })
  const { dh, c, gates } = inside![0]!
  const dc = cellGradients(dh!, c!, gates.get('f')!, gates.get('o')!, B * H)
  const expected = gradients!.initial[0]!.c!
  const largest = Math.max(...expected.map(Math.abs))
  expect(largest).toBeGreaterThan(0)
  // A few roundings of float32 at each of the steps.
  for (let j = 0; j < B * H; j++) expect(Math.abs(gates.get('f')![j]! * dc[j]! - expected[j]!)).toBeLessThan(T * 8 * 2 ** -24 * largest)
  // The last step first.
  const back = norms(dh!, T)
  expect(back).toHaveLength(T)
  expect(back[0]).toBeCloseTo(Math.hypot(...dh!.subarray((T - 1) * B * H)), 6)
  network.destroy()
})

test.each(['adding', 'copying', 'text'] as const)('%s asks once, at the last step, and knows the answer', async (name) => {
  const text = 'abcdefghijklmnopqrst'.repeat(20)
  const task = taskOf(name, T, B, text)
  const { ids, targets } = task.batch(random(1))
  expect(targets).toHaveLength(B)
  if (name === 'copying') expect([...targets]).toEqual([...ids!.subarray(0, B)])
  // Of this text, the next character follows from the last one: ids are by frequency, equal here, so in the order of the alphabet.
  if (name === 'text') for (let b = 0; b < B; b++) expect(targets[b]).toBe((ids![(T - 1) * B + b]! + 1) % 20)
})
