// The examples run, and do what they say.
import { expect, test } from 'vitest'
import { ignored, readSafetensors } from 'sluice'
import { runSpeaker } from '../../examples/from-pytorch'
import { trainOwnLayer } from '../../examples/own-device'
import { detectVoice } from '../../examples/stream'
import { forecastDemand } from '../../examples/time-series'
import { crossEntropy, heads, trainTwoHeads, width } from '../../examples/two-heads'
import url from '../fixtures/pytorch-modules.safetensors?url'
import { testDevice, worstError } from '../support/kernel'

test('own device: a layer trains between passes of the caller’s', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice()
  const losses = await trainOwnLayer(device, 20)
  expect(losses).toHaveLength(20)
  losses.slice(1).forEach((loss, i) => expect(loss, `round ${i + 1}`).toBeLessThan(losses[i]!))
  expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!)
  device.destroy()
})

test('from PyTorch: the logits are those of PyTorch', async () => {
  const file = await (await fetch(url)).arrayBuffer()
  const { tensors } = readSafetensors(file)
  const ids = Uint32Array.from(tensors.get('speaker:ids')!.values)
  const logits = await runSpeaker(file, ids, { steps: 4, batch: 2, prefix: 'speaker.', ignore: [''], device: await testDevice() })
  expect(worstError(logits, tensors.get('speaker:outputs')!.values, 1)).toBeLessThan(1e-5)
})

test('time series: a short training forecasts 24 hours better than the last value', async () => {
  // Shorter than the example, which takes a minute on a software adapter.
  const { model, last } = await forecastDemand(await testDevice(), { weeks: 10, window: 48, hidden: 24, batch: 16, iterations: 200 })
  expect(last.rmse).toBeGreaterThan(20)
  expect(model.rmse).toBeLessThan(last.rmse / 1.5)
  expect(model.mae).toBeLessThan(last.mae / 1.5)
})

test('stream: frame by frame it tells a voice from noise and bangs, which no limit of loudness does', async () => {
  const { network, naive } = await detectVoice(await testDevice())
  expect(naive).toBeLessThan(0.75)
  expect(network).toBeGreaterThan(0.9)
})

test('two heads: each learns its own targets', async () => {
  const { losses, next, rule } = await trainTwoHeads(await testDevice())
  expect(losses[0]!).toBeGreaterThan(1.5)
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3)
  // The first id tells nothing of the rule, so the second is a guess.
  expect(next).toBeGreaterThan(0.85)
  expect(rule).toBe(1)
})

test('two heads: the gradient of each is that of its weighted loss, and touches no column of the other', () => {
  const rows = 5
  const logits = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(3 * i) * 2)
  for (const [name, head] of Object.entries(heads)) {
    const targets = Uint32Array.from({ length: rows }, (_, row) => (row === 2 ? ignored : (row * 5) % head.classes))
    const loss = (of: Float32Array) => crossEntropy(of, targets, head, new Float32Array(rows * width))
    const gradient = new Float32Array(rows * width)
    crossEntropy(logits, targets, head, gradient)
    gradient.forEach((found, i) => {
      const own = i % width >= head.first && i % width < head.first + head.classes
      if (!own) return expect(found).toBe(0)
      const [less, more] = [-1, 1].map((sign) => logits.with(i, logits[i]! + sign / 64)) as [Float32Array, Float32Array]
      return expect(Math.abs(found - (loss(more) - loss(less)) * 32), `${name} ${i}`).toBeLessThan(1e-4)
    })
  }
})
