// Runs take turns in the worker: one that nobody waits for any more never begins.
import { expect, it } from 'vitest'
import { oneAtATime } from '../../demo/worker/one-at-a-time'

it('begins a run when the one before it has ended, and one that was called off meanwhile not at all', async () => {
  const told: string[] = []
  const live = oneAtATime(async function* (name: string) {
    told.push(`${name} begins`)
    yield name
    told.push(`${name} ends`)
  })
  const { signal } = new AbortController()
  const calledOff = new AbortController()
  const [one, two, three] = [live('one', signal), live('two', calledOff.signal), live('three', signal)]
  const [first, second, third] = [one.next(), two.next(), three.next()]
  expect((await first).value).toBe('one')
  calledOff.abort()
  expect((await one.next()).done).toBe(true)
  expect((await second).done).toBe(true)
  expect((await third).value).toBe('three')
  expect(told).toEqual(['one begins', 'one ends', 'three begins'])
})
