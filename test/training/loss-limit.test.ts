// When the losses of a GPU are too many.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LossLimit } from '../../src/training/loss-limit'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('is reached by the third loss within a minute of training', () => {
  const limit = new LossLimit()
  const after = (milliseconds: number) => {
    limit.isBack()
    vi.advanceTimersByTime(milliseconds)
    return limit.lost()
  }
  expect([after(0), after(59_000), after(59_000), after(500)]).toEqual([false, false, false, true])
})

it('does not count the time until training is back', () => {
  const limit = new LossLimit()
  for (const expected of [false, false, true]) {
    expect(limit.lost()).toBe(expected)
    vi.advanceTimersByTime(120_000)
    limit.isBack()
  }
})

it('counts a loss on the way back too', () => {
  const limit = new LossLimit()
  expect([limit.lost(), limit.lost(), limit.lost()]).toEqual([false, false, true])
})
