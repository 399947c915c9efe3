import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../src/random'
import { batchesPerEpoch, evaluationWindows, randomBatches, sequentialBatches, type Batch } from '../../src/text/batches'
import { ignored } from '../../src/spec'
import { refusal } from '../support/failure'

/** Ids that are their own positions, so that a minibatch shows where it was taken from. */
const positions = (length: number) => Uint32Array.from({ length }, (_, i) => i)
/** Column `row` of a time-major array [T, B]. */
const column = (array: Uint32Array, row: number, batch: number) => [...array].filter((_, i) => i % batch === row)
const range = (start: number, length: number) => Array.from({ length }, (_, i) => start + i)

/** A shape, a text with room for it, and a seed. */
const cases = fc
  .record({ batch: fc.integer({ min: 1, max: 7 }), steps: fc.integer({ min: 1, max: 9 }), extra: fc.nat(150), seed: fc.nat(1e6) })
  .map(({ batch, steps, extra, seed }) => ({ batch, steps, seed, length: batch * steps + 1 + extra }))

describe.each([
  ['sequentialBatches', sequentialBatches],
  ['randomBatches', randomBatches],
])('%s', (_, partition) => {
  it('predicts the next character: targets are the inputs shifted by one, and all are in the text', () => {
    fc.assert(
      fc.property(cases, ({ batch, steps, length, seed }) => {
        for (const { ids, targets } of partition(positions(length), { batch, steps, random: new Random(seed) })) {
          expect(ids).toHaveLength(steps * batch)
          expect([...targets]).toEqual([...ids].map((position) => position + 1))
          expect(Math.max(...targets)).toBeLessThan(length)
          for (let row = 0; row < batch; row++) {
            const read = column(ids, row, batch)
            expect(read).toEqual(range(read[0]!, steps))
          }
        }
      }),
    )
  })

  it('gives no character twice in an epoch', () => {
    fc.assert(
      fc.property(cases, ({ batch, steps, length, seed }) => {
        const read = [...partition(positions(length), { batch, steps, random: new Random(seed) })].flatMap((b) => [...b.ids])
        expect(new Set(read).size).toBe(read.length)
      }),
    )
  })

  it('has as many minibatches as batchesPerEpoch says, at least one, at most one fewer for the offset', () => {
    fc.assert(
      fc.property(cases, ({ batch, steps, length, seed }) => {
        const epoch = [...partition(positions(length), { batch, steps, random: new Random(seed) })]
        const most = batchesPerEpoch(length, { batch, steps })
        const offset = Math.min(...epoch.flatMap((b) => [...b.ids]))
        expect(epoch.length).toBeGreaterThanOrEqual(Math.max(1, most - 1))
        expect(epoch.length).toBeLessThanOrEqual(most)
        // In random order the piece at the offset may be among those dropped, so only sequential order shows it.
        if (partition === sequentialBatches) expect(epoch).toHaveLength(batchesPerEpoch(length, { batch, steps }, offset))
      }),
    )
  })

  it('is repeated by the same seed and changed by the next epoch', () => {
    const ids = positions(2000)
    const epoch = (random: Random) => [...partition(ids, { batch: 4, steps: 25, random })].map((b) => [...b.ids])
    const random = new Random(3)
    const first = epoch(random)
    expect(epoch(new Random(3))).toEqual(first)
    expect(epoch(random)).not.toEqual(first)
  })

  it('draws at the call, so that epochs made together do not disturb each other', () => {
    const options = { batch: 2, steps: 5, random: new Random(8) }
    const [a, b] = [partition(positions(200), options), partition(positions(200), options)]
    const drawn = options.random.index
    const second = [...b].map((minibatch) => [...minibatch.ids])
    const first = [...a].map((minibatch) => [...minibatch.ids])
    expect(options.random.index).toBe(drawn)
    const again = { ...options, random: new Random(8) }
    expect([...partition(positions(200), again)].map((minibatch) => [...minibatch.ids])).toEqual(first)
    expect([...partition(positions(200), again)].map((minibatch) => [...minibatch.ids])).toEqual(second)
  })

  it('gives arrays to keep', () => {
    const [a, b] = partition(positions(200), { batch: 2, steps: 5, random: new Random(8) })
    expect(a!.ids.buffer).not.toBe(b!.ids.buffer)
    expect(a!.ids).not.toEqual(b!.ids)
  })

  it('uses the shortest text there can be', () => {
    const epoch = [...partition(positions(3 * 4 + 1), { batch: 3, steps: 4, random: new Random(1) })]
    expect(epoch).toHaveLength(1)
    expect([...epoch[0]!.ids].sort((a, b) => a - b)).toEqual(range(0, 12))
  })

  it.each([
    [500, 32, 35, 'the text has 500 characters, but a minibatch of batch 32 × steps 35 needs 1121. Lower batch to 14 or steps to 15, or use a longer text'],
    [20, 32, 5, 'the text has 20 characters, but a minibatch of batch 32 × steps 5 needs 161. Lower batch to 3, or use a longer text'],
    [20, 5, 32, 'the text has 20 characters, but a minibatch of batch 5 × steps 32 needs 161. Lower steps to 3, or use a longer text'],
    [3, 32, 35, 'the text has 3 characters, but a minibatch of batch 32 × steps 35 needs 1121. Lower batch to 1 and steps to 2, or use a longer text'],
    [1, 1, 1, 'the text has 1 character, but a minibatch of batch 1 × steps 1 needs 2. Use a longer text'],
    [0, 1, 1, 'the text has 0 characters, but a minibatch of batch 1 × steps 1 needs 2. Use a longer text'],
  ])('of %i characters refuses batch %i × steps %i at the call', (length, batch, steps, message) => {
    expect(() => partition(positions(length), { batch, steps, random: new Random(1) })).toThrow(refusal('bad-text', message))
  })

  it('advises values that work, and no greater ones would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (length, batch, steps) => {
        fc.pre(length < batch * steps + 1)
        const random = new Random(1)
        let message = ''
        try {
          partition(positions(length), { batch, steps, random })
        } catch (error) {
          message = (error as Error).message
        }
        const [, b] = /batch to (\d+)/.exec(message) ?? []
        const [, s] = /steps to (\d+)/.exec(message) ?? []
        expect(b ?? s).toBeDefined()
        const both = message.includes(' and steps')
        for (const shape of both ? [{ batch: Number(b), steps: Number(s) }] : []) partition(positions(length), { ...shape, random })
        if (!both && b) {
          partition(positions(length), { batch: Number(b), steps, random })
          expect(() => partition(positions(length), { batch: Number(b) + 1, steps, random })).toThrow()
        }
        if (!both && s) {
          partition(positions(length), { batch, steps: Number(s), random })
          expect(() => partition(positions(length), { batch, steps: Number(s) + 1, random })).toThrow()
        }
      }),
    )
  })

  it.each([
    [{ batch: 0 }, 'batch is 0, expected a whole number of at least 1'],
    [{ steps: 2.5 }, 'steps is 2.5, expected a whole number of at least 1'],
    [{ batch: '32' }, 'batch is "32" (a string), expected a whole number of at least 1. Convert it with Number(…) first'],
    [{ steps: undefined }, 'steps is undefined, expected a whole number of at least 1. Was steps left out or misspelt?'],
    [{ random: Math.random }, 'random is a function, expected a Random, such as new Random(7)'],
  ])('refuses %j', (wrong, message) => {
    const options = { batch: 2, steps: 5, random: new Random(1), ...(wrong as object) }
    expect(() => partition(positions(100), options)).toThrow(refusal('bad-value', message))
  })

  it('refuses ids that are not a Uint32Array', () => {
    const options = { batch: 1, steps: 1, random: new Random(1) }
    expect(() => partition([1, 2, 3] as never, options)).toThrow(
      refusal('bad-value', 'ids is an array of 3, expected a Uint32Array, such as the result of Vocabulary.encode'),
    )
  })
})

describe('sequentialBatches', () => {
  it('carries on: one after the other, the minibatches are contiguous text in each row, and rows follow each other', () => {
    fc.assert(
      fc.property(cases, ({ batch, steps, length, seed }) => {
        const epoch = [...sequentialBatches(positions(length), { batch, steps, random: new Random(seed) })]
        const rows = range(0, batch).map((row) => epoch.flatMap((b) => column(b.ids, row, batch)))
        const offset = rows[0]![0]!
        expect(offset).toBeLessThanOrEqual(steps)
        const rowLength = Math.floor((length - offset - 1) / batch)
        rows.forEach((row, r) => expect(row).toEqual(range(offset + r * rowLength, epoch.length * steps)))
        expect(epoch.map((b) => b.fresh)).toEqual(epoch.map((_, k) => k === 0))
      }),
    )
  })

  it('is the partition of Dive into Deep Learning', () => {
    // The book's seq_data_iter_sequential over list(range(35)), batch_size 2, num_steps 5, for each offset it may draw.
    const book = (offset: number) => {
      const tokens = Math.floor((35 - offset - 1) / 2) * 2
      const width = tokens / 2
      return range(0, Math.floor(width / 5)).map((k) => [range(offset + k * 5, 5), range(offset + width + k * 5, 5)])
    }
    const seen = new Set<number>()
    for (let seed = 0; seed < 60; seed++) {
      const epoch = [...sequentialBatches(positions(35), { batch: 2, steps: 5, random: new Random(seed) })]
      const offset = epoch[0]!.ids[0]!
      seen.add(offset)
      expect(epoch.map((b) => [column(b.ids, 0, 2), column(b.ids, 1, 2)])).toEqual(book(offset))
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5])
  })
})

describe('randomBatches', () => {
  it('takes pieces of one grid, begun in [0, T), and starts every one from nothing', () => {
    fc.assert(
      fc.property(cases, ({ batch, steps, length, seed }) => {
        const epoch = [...randomBatches(positions(length), { batch, steps, random: new Random(seed) })]
        const starts = epoch.flatMap((b) => [...b.ids.subarray(0, batch)])
        expect(new Set(starts.map((start) => start % steps)).size).toBe(1)
        expect(epoch.every((b) => b.fresh)).toBe(true)
      }),
    )
  })

  it('reaches every offset and every order', () => {
    const offsets = new Set<number>()
    const orders = new Set<string>()
    for (let seed = 0; seed < 300; seed++) {
      const starts = [...randomBatches(positions(16), { batch: 1, steps: 4, random: new Random(seed) })].map((b) => b.ids[0]!)
      offsets.add(starts[0]! % 4)
      orders.add(starts.map((start) => Math.floor(start / 4)).join(''))
    }
    expect([...offsets].sort()).toEqual([0, 1, 2, 3])
    expect([...orders].sort()).toEqual(['012', '021', '102', '120', '201', '210'])
  })
})

describe('batchesPerEpoch', () => {
  it('counts whole minibatches, with one id more for the last target', () => {
    expect(batchesPerEpoch(1121, { batch: 32, steps: 35 })).toBe(1)
    expect(batchesPerEpoch(1120, { batch: 32, steps: 35 })).toBe(0)
    expect(batchesPerEpoch(1121, { batch: 32, steps: 35 }, 1)).toBe(0)
    expect(batchesPerEpoch(0, { batch: 1, steps: 1 })).toBe(0)
  })
  it('refuses what is no count', () => {
    expect(() => batchesPerEpoch(-1, { batch: 1, steps: 1 })).toThrow(refusal('bad-value', /^length is -1/))
    expect(() => batchesPerEpoch(10, { batch: NaN, steps: 1 })).toThrow(refusal('bad-value', /^batch is NaN/))
  })
})

describe('evaluationWindows', () => {
  const shapes = fc.record({
    length: fc.integer({ min: 2, max: 300 }),
    batch: fc.integer({ min: 1, max: 9 }),
    steps: fc.integer({ min: 1, max: 12 }),
  })
  const countedTargets = (window: Batch) => [...window.targets].filter((target) => target !== ignored)

  it('counts every id but the first exactly once, after its own predecessor', () => {
    fc.assert(
      fc.property(shapes, ({ length, batch, steps }) => {
        const windows = [...evaluationWindows(positions(length), { batch, steps })]
        const targets = windows.flatMap(countedTargets).sort((a, b) => a - b)
        expect(targets).toEqual(range(1, length - 1))
        for (const { ids, targets, counted, fresh } of windows) {
          expect([ids.length, targets.length]).toEqual([steps * batch, steps * batch])
          expect(counted).toBe(countedTargets({ ids, targets, fresh }).length)
          expect(counted).toBeGreaterThan(0)
          targets.forEach((target, i) => expect(ids[i]).toBe(target === ignored ? 0 : target - 1))
        }
        expect(windows.map((window) => window.fresh)).toEqual(windows.map((_, k) => k === 0))
      }),
    )
  })

  it('keeps each row contiguous through the windows, with what is ignored at its end only', () => {
    fc.assert(
      fc.property(shapes, ({ length, batch, steps }) => {
        const windows = [...evaluationWindows(positions(length), { batch, steps })]
        const rows = range(0, batch).map((row) => windows.flatMap((window) => column(window.targets, row, batch)))
        const counts = rows.map((row) => row.filter((target) => target !== ignored).length)
        rows.forEach((row, r) => expect(row.slice(0, counts[r])).toEqual(range(row[0]!, counts[r]!)))
        const used = counts.filter((count) => count > 0)
        expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('fills fewer rows rather than cut a short text to pieces below T', () => {
    const [window, ...more] = evaluationWindows(positions(8), { batch: 4, steps: 3 })
    expect(more).toHaveLength(0 + 1)
    expect([...window!.targets]).toEqual([1, 4, ignored, ignored, 2, 5, ignored, ignored, 3, 6, ignored, ignored])
    expect(countedTargets(more[0]!)).toEqual([7])
  })

  it('with batch 1 is the text from end to end', () => {
    const windows = [...evaluationWindows(positions(11), { batch: 1, steps: 4 })]
    expect(windows.map((window) => window.counted)).toEqual([4, 4, 2])
    expect(windows.flatMap((window) => [...window.ids])).toEqual([...range(0, 10), 0, 0])
  })

  it('refuses a text with nothing to predict, at the call', () => {
    expect(() => evaluationWindows(positions(1), { batch: 1, steps: 1 })).toThrow(
      refusal('bad-text', 'the text to evaluate on has 1 character, expected at least 2. Hold out more of the text, or use a longer one'),
    )
    expect(() => evaluationWindows(positions(9), { batch: 1, steps: 0 })).toThrow(refusal('bad-value', /^steps is 0/))
  })
})
