// The examples run, and do what they say.
import { expect, test } from 'vitest'
import { readSafetensors } from 'sluice'
import { runSpeaker } from '../../examples/from-pytorch'
import { trainOwnLayer } from '../../examples/own-device'
import { detectVoice } from '../../examples/stream'
import { forecast } from '../../examples/time-series'
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

test('time series: better than saying the last value again', async () => {
  const { network, naive } = await forecast(await testDevice())
  expect(naive).toBeGreaterThan(0.1)
  expect(network).toBeLessThan(naive / 3)
})

test('stream: frame by frame it tells a voice from noise and bangs, which no limit of loudness does', async () => {
  const { network, naive } = await detectVoice(await testDevice())
  expect(naive).toBeLessThan(0.75)
  expect(network).toBeGreaterThan(0.9)
})
