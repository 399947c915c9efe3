// Six models that others made come in by the public API, and the float64 reference computes of them what their own frameworks do.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { forward } from '../../../src/reference/network'
import { bringAll, type Run } from './cases'

const folder = new URL('../../fixtures/models/', import.meta.url)
const read = (file: string) => readFile(new URL(file, folder))

/** The reference in the place of a GPU. */
const run: Run = ({ spec, parameters }, { ids, features, batch = 1, initial }) => {
  const wide = (values: ArrayLike<number>) => Float64Array.from(values)
  const { logits, final } = forward(
    spec,
    new Map([...parameters].map(([name, values]) => [name, wide(values)])),
    ids ? { ids: Uint32Array.from(ids) } : { features: wide(features!) },
    { batch, ...(initial && { initial: initial.map(({ h }) => ({ h: wide(h) })) }) },
  )
  return Promise.resolve({ logits: Float32Array.from(logits), final: final.map(({ h }) => ({ h: Float32Array.from(h) })) })
}

test.each(bringAll(read, run))('%s gives the numbers of its own framework', async (_, compare) => {
  const { worst, count } = await compare()
  expect(count).toBeGreaterThan(4)
  expect(worst).toBeLessThan(1e-5)
})
