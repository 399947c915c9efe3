import { describe, expect, it } from 'vitest'
import { pcg3d, Random, uniform } from '../src/random'

describe('pcg3d', () => {
  it.each([
    // From the same formulas in Python's unbounded integers, reduced modulo 2³² after each operation.
    [
      [0, 0, 0],
      [2611992518, 2833812075, 1058359340],
    ],
    [
      [1, 2, 3],
      [4204755366, 1223881804, 1500469937],
    ],
    [
      [7, 0, 1],
      [438329787, 1678489615, 4233453467],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff],
      [2784268096, 2756918915, 1364953698],
    ],
    [
      [0x12345678, 0x9abcdef0, 0xdeadbeef],
      [4198715870, 1348637281, 3522527239],
    ],
  ] as const)('of %j is %j', ([a, b, c], expected) => {
    expect(pcg3d(a, b, c)).toEqual(expected)
  })

  it('agrees with exact integers', () => {
    const mod = (value: bigint) => value & 0xffffffffn
    const exact = (a: number, b: number, c: number) => {
      let [x, y, z] = [a, b, c].map((v) => mod(BigInt(v) * 1664525n + 1013904223n)) as [bigint, bigint, bigint]
      const mix = () => {
        x = mod(x + y * z)
        y = mod(y + z * x)
        z = mod(z + x * y)
      }
      mix()
      x ^= x >> 16n
      y ^= y >> 16n
      z ^= z >> 16n
      mix()
      return [x, y, z].map(Number)
    }
    let input: [number, number, number] = [1, 0x80000000, 0xfffffffe]
    for (let i = 0; i < 500; i++) {
      const output = pcg3d(...input)
      expect(output).toEqual(exact(...input))
      input = output
    }
  })
})

describe('uniform', () => {
  it('is in [0, 1) and exact in float32', () => {
    for (let i = 0; i < 10_000; i++) {
      const value = uniform(3, 1, i)
      expect(value >= 0 && value < 1 && Math.fround(value) === value).toBe(true)
    }
  })

  // Bounds are 5 standard deviations of what independent draws would give; the draws are fixed, so this cannot flicker.
  const n = 20_000
  const draws = {
    indices: Array.from({ length: n }, (_, i) => uniform(7, 0, i)),
    streams: Array.from({ length: n }, (_, i) => uniform(7, i, 0)),
    seeds: Array.from({ length: n }, (_, i) => uniform(i, 0, 0)),
  }
  it.each(Object.keys(draws) as (keyof typeof draws)[])('is even and uncorrelated along %s', (along) => {
    const values = draws[along]
    const mean = values.reduce((sum, value) => sum + value, 0) / n
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n))
    for (const lag of [1, 2, 16, 256]) {
      let product = 0
      for (let i = lag; i < n; i++) product += (values[i]! - 0.5) * (values[i - lag]! - 0.5) * 12
      expect(Math.abs(product / (n - lag)), `lag ${lag}`).toBeLessThan(5 / Math.sqrt(n - lag))
    }
    const bins = new Array<number>(100).fill(0)
    for (const value of values) bins[Math.floor(value * 100)]!++
    const chiSquared = bins.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0)
    expect(Math.abs(chiSquared - 99)).toBeLessThan(5 * Math.sqrt(2 * 99))
  })
})

describe('Random', () => {
  it('takes one index a draw, whatever is drawn, and goes on from a saved index', () => {
    const random = new Random(5, 2)
    expect(random.uniform()).toBe(uniform(5, 2, 0))
    random.normal()
    random.integer(10)
    random.integer(2 ** 32)
    expect(random.index).toBe(4)
    random.shuffle([1, 2, 3, 4])
    expect(random.index).toBe(7)
    random.shuffle([])
    random.shuffle([1])
    expect(random.index).toBe(7)
    const resumed = new Random(5, 2, random.index)
    expect([resumed.uniform(), resumed.normal(), resumed.integer(1000)]).toEqual([random.uniform(), random.normal(), random.integer(1000)])
  })

  it('shares nothing between instances', () => {
    const [a, b] = [new Random(1), new Random(1)]
    const first = [a.uniform(), a.uniform()]
    expect([b.uniform(), b.uniform()]).toEqual(first)
    expect(new Random(1, 1).uniform()).not.toBe(first[0])
    expect(new Random(2).uniform()).not.toBe(first[0])
  })

  it('wraps after the last index', () => {
    const random = new Random(1, 0, 0xffffffff)
    random.uniform()
    expect(random.index).toBe(0)
  })

  it('draws normals with the moments of the normal distribution', () => {
    const n = 50_000
    const random = new Random(11)
    const values = Array.from({ length: n }, () => random.normal())
    const moment = (k: number) => values.reduce((sum, value) => sum + value ** k, 0) / n
    // 5 standard deviations: Var(xᵏ) = E x²ᵏ − (E xᵏ)², that is 1, 2, 15 and 96 for k = 1 to 4.
    const error = (variance: number) => 5 * Math.sqrt(variance / n)
    expect(Math.abs(moment(1))).toBeLessThan(error(1))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error(2))
    expect(Math.abs(moment(3))).toBeLessThan(error(15))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error(96))
    expect(values.every((value) => Number.isFinite(value) && Math.abs(value) < 6.78)).toBe(true)
  })

  it('draws whole numbers evenly below n', () => {
    const random = new Random(4)
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 7000; i++) counts[random.integer(7)]!++
    // Binomial, n = 7000 and p = 1/7: 5 standard deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(7000 * (1 / 7) * (6 / 7)))
    expect(random.integer(1)).toBe(0)
    for (let i = 0; i < 1000; i++) expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32)
  })

  it('shuffles in place into every order', () => {
    const random = new Random(9)
    const orders = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const items = ['a', 'b', 'c']
      expect(random.shuffle(items)).toBe(items)
      orders.set(items.join(''), (orders.get(items.join('')) ?? 0) + 1)
    }
    expect([...orders.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 * (1 / 6) * (5 / 6)))
    const ids = random.shuffle(Uint32Array.from({ length: 100 }, (_, i) => i))
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it.each([
    [() => new Random(-1), 'seed is -1, expected a whole number from 0 to 4294967295'],
    [() => new Random(1.5), 'seed is 1.5, expected a whole number from 0 to 4294967295'],
    [() => new Random(1, 2 ** 32), 'stream is 4294967296, expected a whole number from 0 to 4294967295'],
    [() => new Random('7' as never), 'seed is "7" (a string), expected a whole number from 0 to 4294967295. Convert it with Number(…) first'],
    [() => new Random(1).integer(0), 'n is 0, expected a whole number from 1 to 4294967296'],
  ])('%s throws', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ name: 'SluiceError', code: 'bad-value', message }))
  })
})
