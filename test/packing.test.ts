// Masks: which steps lie where on the GPU, and where results come back to; and batches that are refused for their mask or their weights.
import { describe, expect, test } from 'vitest'
import { checkBatch } from '../src/check-batch'
import { Packing, packBatch, unpackRows } from '../src/packing'
import type { NetworkSpec } from '../src/spec'

const [T, B] = [4, 3]
// Row 0 reads steps 1 and 3, row 1 none, row 2 all.
const mask = Uint8Array.of(0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1)
const values = Float32Array.from({ length: T * B * 2 }, (_, i) => i + 1)

test('the steps that a row reads move to its front and back again, in order', () => {
  const packing = new Packing(mask, B)
  expect([...packing.lengths]).toEqual([2, 0, 4])
  const packed = packing.pack(values)
  const row = (all: Float32Array, b: number) => Array.from({ length: T }, (_, t) => all[(t * B + b) * 2]!)
  expect(row(packed, 0)).toEqual([row(values, 0)[1], row(values, 0)[3], 0, 0])
  expect(row(packed, 1)).toEqual([0, 0, 0, 0])
  expect(row(packed, 2)).toEqual(row(values, 2))
  expect([...packing.unpack(packed)]).toEqual([...values].map((v, i) => (mask[i >> 1] ? v : 0)))
})

test('a skipped step has the state of the step before it, in the order of reading', () => {
  // Slots of one unit in two directions; each state names its row, direction and how many steps were read, or are left, at it.
  const slots = Float32Array.from({ length: (T + 2) * B * 2 }, (_, i) => 100 * (Math.floor(i / 2) % B) + 10 * (i % 2) + Math.floor(i / 2 / B))
  const states = new Packing(mask, B).unpackStates(slots, [false, true])
  const of = (b: number, d: number) => Array.from({ length: T }, (_, t) => states[(t * B + b) * 2 + d]! - 100 * b - 10 * d)
  expect([of(0, 0), of(1, 0), of(2, 0)]).toEqual([[0, 1, 1, 2], [0, 0, 0, 0], [1, 2, 3, 4]]) // prettier-ignore
  expect([of(0, 1), of(1, 1), of(2, 1)]).toEqual([[1, 1, 2, 2], [1, 1, 1, 1], [1, 2, 3, 4]]) // prettier-ignore
})

test('a batch without skipped steps, and weights of rows for each step', () => {
  const ids = Uint32Array.from({ length: T * B }, (_, i) => i)
  const batch = packBatch({ head: { classes: 5 } }, { steps: T, batch: B }, { ids, targets: ids, weights: Float32Array.of(1, 2, 3), mask })
  expect([...batch.ids!]).toEqual([3, 0, 2, 9, 0, 5, 0, 0, 8, 0, 0, 11])
  expect([...batch.targets!]).toEqual([...batch.ids!])
  expect([...batch.weights!]).toEqual([1, 0, 3, 1, 0, 3, 0, 0, 3, 0, 0, 3])
  expect([...unpackRows(Float32Array.from(batch.ids!), batch, { steps: T, batch: B })]).toEqual([...ids].map((id, n) => (mask[n] ? id : 0)))
  const atLast = packBatch(
    { head: { classes: 5, at: 'last' } },
    { steps: T, batch: B },
    { ids, targets: ids.slice(0, B), weights: Float32Array.of(1, 2, 3), mask },
  )
  expect([...atLast.targets!, ...atLast.weights!]).toEqual([0, 1, 2, 1, 2, 3])
})

const spec: NetworkSpec = { input: { ids: 5 }, layers: [{ cell: 'gru', hidden: 3 }], head: { classes: 5 } }
const ids = new Uint32Array(T * B)
const good = { steps: T, batch: B, ids, targets: ids }

describe('a batch is refused', () => {
  test.each<[string, object, string, RegExp]>([
    ['a mask of another type', { mask: new Uint32Array(T * B) }, 'bad-value', /mask is Uint32Array of 12, expected a Uint8Array \[steps 4, batch 3\]/],
    ['a mask of another size', { mask: new Uint8Array(T) }, 'bad-shape', /mask has 4 numbers, expected 12/],
    ['a mask of other numbers', { mask: new Uint8Array(T * B).fill(255) }, 'bad-value', /mask\[0\] is 255, expected 1 .* or 0/],
    ['a mask beside lengths', { mask, lengths: Uint32Array.of(1, 2, 3) }, 'bad-value', /both lengths and mask, expected one of them/],
    ['weights of another size', { weights: new Float32Array(5) }, 'bad-shape', /weights has 5 numbers, expected 12: \[steps 4, batch 3\]/],
    ['weights in a list', { weights: [1, 2, 3] }, 'bad-value', /weights is an array of 3, expected a Float32Array/],
    ['a weight below 0', { weights: Float32Array.of(1, -1, 1) }, 'bad-value', /weights\[1\] is -1, expected 0 or a finite number above 0/],
    ['a weight that is not a number', { weights: Float32Array.of(1, NaN, 1) }, 'bad-value', /weights\[1\] is NaN/],
    ['weights that overflow', { weights: Float32Array.of(1, 3e38, 1) }, 'bad-value', /add up to 3.*divide all by the largest/],
    ['weights without targets', { weights: new Float32Array(B), targets: undefined }, 'bad-value', /weights, but no targets/],
  ])('for %s', (_, wrong, code, message) => {
    expect(() => checkBatch(spec, { ...good, ...wrong })).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })

  test('but not for what no step reads', () => {
    const odd = Uint32Array.from(mask, (reads) => (reads ? 1 : 77))
    checkBatch(spec, { ...good, ids: odd, targets: odd, mask, weights: Float32Array.from(mask, (reads) => (reads ? 1 : NaN)) })
  })
})
