import { describe, expect, it } from 'vitest'
import { checkRate, constant, cosine, exponential, rateAt, stepwise, warmup } from '../src/learning-rate'

const badValue = (message: string) => expect.objectContaining({ name: 'SluiceError', code: 'bad-value', message })

describe('rateAt', () => {
  it('takes a number or a function of the step', () => {
    expect(rateAt(0.5, 10)).toBe(0.5)
    expect(rateAt((step) => step / 10, 10)).toBe(1)
  })
  it('names the step at which a schedule fails', () => {
    expect(() => rateAt(() => NaN, 12)).toThrow(
      badValue('the rate at step 12 is NaN, expected a finite number of at least 0. Was it read from an empty or misspelt field?'),
    )
    expect(() => rateAt(() => -1, 3)).toThrow(badValue('the rate at step 3 is -1, expected a finite number of at least 0'))
  })
})

describe('constant', () => {
  it('is the same at every step', () => {
    expect([0, 1, 1e6].map(constant(2e-3))).toEqual([2e-3, 2e-3, 2e-3])
  })
})

describe('warmup', () => {
  it('rises in a straight line, and moves at step 0', () => {
    expect([0, 1, 2, 3, 4, 100].map(warmup(4, 8))).toEqual([2, 4, 6, 8, 8, 8])
  })
  it('multiplies a schedule', () => {
    expect([0, 1, 2].map(warmup(2, (step) => 10 - step))).toEqual([5, 9, 8])
  })
  it('of 0 steps changes nothing', () => {
    expect(warmup(0, 3)(0)).toBe(3)
  })
})

describe('cosine', () => {
  const schedule = cosine({ rate: 1, steps: 110, warmup: 10, floor: 0.1 })
  it('goes from rate through the middle to the floor, and stays there', () => {
    expect(schedule(10)).toBe(1)
    expect(schedule(60)).toBeCloseTo(0.55, 14)
    expect(schedule(110)).toBe(0.1)
    expect(schedule(100_000)).toBe(0.1)
  })
  it('warms up first', () => {
    expect(schedule(0)).toBe(0.1)
    expect(schedule(4)).toBe(0.5)
    expect(schedule(9)).toBe(1)
  })
  it('never rises after the warm-up', () => {
    for (let step = 10; step < 120; step++) expect(schedule(step + 1)).toBeLessThanOrEqual(schedule(step))
  })
  it('has a floor of 0 and no warm-up unless told', () => {
    expect([0, 5, 10].map(cosine({ rate: 2, steps: 10 }))).toEqual([2, expect.closeTo(1, 14), 0])
  })
})

describe('exponential and stepwise', () => {
  it('exponential decays smoothly', () => {
    const schedule = exponential({ rate: 8, decay: 0.25, every: 2 })
    expect([0, 1, 2, 4].map(schedule)).toEqual([8, 4, 2, 0.5])
    expect(exponential({ rate: 1, decay: 0.5 })(3)).toBe(0.125)
  })
  it('stepwise decays at the milestones, from that step on', () => {
    const schedule = stepwise({ rate: 1, decay: 0.5, at: [2, 5] })
    expect([0, 1, 2, 4, 5, 1000].map(schedule)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25])
  })
  it('stepwise keeps its milestones when the array changes', () => {
    const at = [2]
    const schedule = stepwise({ rate: 1, decay: 0.5, at })
    at[0] = 0
    expect(schedule(1)).toBe(1)
  })
})

it.each([
  [() => constant(-1), 'rate is -1, expected a finite number of at least 0'],
  [() => constant(Infinity), 'rate is Infinity, expected a finite number of at least 0'],
  [() => checkRate(undefined as never), 'rate is undefined, expected a finite number of at least 0. Was rate left out or misspelt?'],
  [() => warmup(1.5, 1), 'steps is 1.5, expected a whole number of at least 0'],
  [() => warmup(2, '1' as never), 'rate is "1" (a string), expected a finite number of at least 0. Convert it with Number(…) first'],
  [() => cosine({ rate: 1, steps: 0 }), 'steps is 0, expected a whole number of at least 1'],
  [() => cosine({ rate: 1, steps: 10, warmup: 10 }), 'warmup is 10, expected a whole number from 0 to 9'],
  [() => cosine({ rate: 1, steps: 10, floor: 2 }), 'floor is 2, expected a finite number from 0 to 1'],
  [() => exponential({ rate: 1, decay: 0 }), 'decay is 0, expected a finite number above 0 and at most 1'],
  [() => exponential({ rate: 1, decay: 0.5, every: 0 }), 'every is 0, expected a whole number of at least 1'],
  [() => stepwise({ rate: 1, decay: 0.5, at: [5, 5] }), 'at[1] is 5, expected a whole number of at least 6'],
  [() => stepwise({ rate: 1, decay: 0.5, at: 5 as never }), 'at is 5, expected a list of steps, such as [1000, 2000]'],
])('%s throws', (make, message) => {
  expect(make).toThrow(badValue(message))
})
