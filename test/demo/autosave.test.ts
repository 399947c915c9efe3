// What keeps a run: one save at a time, and none once it was told to stop.
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Autosave as AutosaveClass } from '../../demo/worker/autosave'
import type { SavedRun } from '../../demo/worker/saved-run'

/** The writes that are under way: each ends when it is told to. */
const writes = vi.hoisted((): (() => void)[] => [])
vi.mock('../../demo/worker/storage', () => ({ StorageError: class extends Error {}, keepRun: () => new Promise<void>((resolve) => writes.push(resolve)) }))

let Autosave: typeof AutosaveClass
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: { request: async (_name: string, _options: object, granted: () => unknown) => granted() } })
  ;({ Autosave: Autosave } = await import('../../demo/worker/autosave'))
})
beforeEach(() => void writes.splice(0))

const run = { config: { text: '' }, step: 1, save: async () => ({}) as SavedRun }
const settled = () => new Promise((resolve) => setTimeout(resolve))

it('writes one save after the other, however many wait for one', async () => {
  const keeper = new Autosave('current', run)
  const saves = [keeper.save(), keeper.save(), keeper.save()]
  for (let i = 1; i <= 3; i++) {
    await settled()
    expect(writes).toHaveLength(i)
    writes[i - 1]!()
  }
  await Promise.all(saves)
})

it('stops when the write under way has ended, and writes nothing of those that waited', async () => {
  const keeper = new Autosave('current', run)
  const saves = [keeper.save(), keeper.save(), keeper.save()]
  await settled()
  let stopped = false
  const stop = Autosave.stop('current').then(() => (stopped = true))
  await settled()
  expect(stopped).toBe(false)
  writes[0]!()
  await Promise.all([stop, ...saves])
  expect(writes).toHaveLength(1)
})

it('keeps a run soon after it goes on, though it was being kept as it rested when it did', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const keeper = new Autosave('current', run)
  const resting = keeper.tick(true)
  await settled()
  void keeper.tick(false)
  writes[0]!()
  await resting
  now.mockReturnValue(600)
  void keeper.tick(false)
  await settled()
  expect(writes).toHaveLength(2)
  writes[1]!()
  now.mockRestore()
})
