// The same six models on a device.
import { expect, test } from 'vitest'
import { Network } from 'sluice'
import { testDevice } from '../../support/kernel'
import { bringAll, type Run } from './cases'

const files = import.meta.glob<string>('../../fixtures/models/**/*', { query: '?url', import: 'default', eager: true })
const read = async (file: string) => new Uint8Array(await (await fetch(files[`../../fixtures/models/${file}`]!)).arrayBuffer())

const run: Run = async ({ spec, parameters }, { ids, features, batch = 1, initial }) => {
  const network = await Network.create({ ...spec, device: await testDevice() })
  network.writeParameters(parameters)
  const width = 'features' in spec.input ? spec.input.features : 1
  const steps = (ids ?? features!).length / (batch * width)
  const given = ids ? { ids: Uint32Array.from(ids) } : { features: Float32Array.from(features!) }
  const result = await network.run({ steps, batch, ...given, ...(initial && { initial }) })
  network.destroy()
  return result
}

test.each(bringAll(read, run))('%s gives the numbers of its own framework', async (_, compare) => {
  const { worst, count } = await compare()
  expect(count).toBeGreaterThan(4)
  expect(worst).toBeLessThan(1e-5)
})
