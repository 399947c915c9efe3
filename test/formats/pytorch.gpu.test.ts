// The README's way from a file of PyTorch's to a network on the GPU that puts out what PyTorch did.
import { expect, test } from 'vitest'
import { fromPyTorch, Network, readSafetensors, type NetworkSpec } from 'sluice'
import url from '../fixtures/pytorch-modules.safetensors?url'
import { tolerance } from '../support/agreement'
import { testDevice, worstError } from '../support/kernel'

const [T, B, I, H, V, E] = [4, 2, 3, 5, 7, 4]
const layers = (cell: 'lstm' | 'gru-reset-after') => [1, 2].map(() => ({ cell, hidden: H, bidirectional: true }))
const cases: [string, NetworkSpec, object][] = [
  [
    'speaker',
    { input: { ids: V, embedding: E }, layers: layers('lstm'), head: { classes: V } },
    { prefix: 'speaker.lstm.', head: 'speaker.fc.', embedding: 'speaker.embed.' },
  ],
  ['gru', { input: { features: I }, layers: layers('gru-reset-after') }, { prefix: 'gru.' }],
]

test.each(cases)('%s', async (name, spec, names) => {
  const { tensors } = readSafetensors(await (await fetch(url)).arrayBuffer())
  const network = await Network.create({ ...spec, device: await testDevice() })
  network.writeParameters(fromPyTorch(tensors, spec, { ...names, ignore: [''] }))
  const given = spec.head ? { ids: Uint32Array.from(tensors.get('speaker:ids')!.values) } : { features: tensors.get('gru:x')!.values }
  const { logits, outputs } = await network.run({ steps: T, batch: B, ...given })
  expect(worstError(spec.head ? logits : outputs, tensors.get(`${name}:outputs`)!.values, 1)).toBeLessThan(tolerance({ spec, steps: T, batch: B }))
  network.destroy()
})
