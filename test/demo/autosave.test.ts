// The autosave of a run: one save at a time, and none once it is stopped.
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Autosave as AutosaveClass } from '../../demo/worker/autosave'
import type { SavedRun } from '../../demo/worker/saved-run'

/** The writes under way. Calling one ends it. */
const writes = vi.hoisted((): (() => void)[] => [])
vi.mock('../../demo/worker/storage', () => ({ StorageError: class extends Error {}, saveRun: () => new Promise<void>((resolve) => writes.push(resolve)) }))

let Autosave: typeof AutosaveClass
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: { request: async (_name: string, _options: object, granted: () => unknown) => granted() } })
  ;({ Autosave } = await import('../../demo/worker/autosave'))
})
beforeEach(() => void writes.splice(0))

const run = { config: { text: '' }, step: 1, save: async () => ({}) as SavedRun }
const settled = () => new Promise((resolve) => setTimeout(resolve))

it('writes one save after the other, however many wait for one', async () => {
  const autosave = new Autosave('current', run)
  const saves = [autosave.save(), autosave.save(), autosave.save()]
  for (let i = 1; i <= 3; i++) {
    await settled()
    expect(writes).toHaveLength(i)
    writes[i - 1]!()
  }
  await Promise.all(saves)
})

it('stops after the write under way, and drops those that waited', async () => {
  const autosave = new Autosave('current', run)
  const saves = [autosave.save(), autosave.save(), autosave.save()]
  await settled()
  let stopped = false
  const stop = Autosave.stop('current').then(() => (stopped = true))
  await settled()
  expect(stopped).toBe(false)
  writes[0]!()
  await Promise.all([stop, ...saves])
  expect(writes).toHaveLength(1)
})

it('saves a run soon after it resumes, though its save at the pause was still under way', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const autosave = new Autosave('current', run)
  const resting = autosave.tick(true)
  await settled()
  void autosave.tick(false)
  writes[0]!()
  await resting
  now.mockReturnValue(600)
  void autosave.tick(false)
  await settled()
  expect(writes).toHaveLength(2)
  writes[1]!()
  now.mockRestore()
})
