import { describe, expect, it } from 'vitest'
import { crossEntropy, numbersLoss } from '../../src/reference'
import { expectClose, numbers } from './support'

describe('crossEntropy', () => {
  it('is log V for equal logits, and perplexity is V', () => {
    const { loss, perplexity, counted } = crossEntropy(new Float64Array(12).fill(3), [0, 3, 1], { classes: 4 })
    expect(loss).toBeCloseTo(Math.log(4), 15)
    expect(perplexity).toBeCloseTo(4, 14)
    expect(counted).toBe(3)
  })

  it('is −log p, and its gradient p − onehot, by hand', () => {
    // exp: 1, 3; p: 1/4, 3/4
    const { loss, gradient } = crossEntropy(Float64Array.of(0, Math.log(3)), [0], { classes: 2 })
    expect(loss).toBeCloseTo(Math.log(4), 15)
    expectClose('gradient', gradient, [-0.75, 0.75], { absolute: 1e-15 })
  })

  it('does not overflow', () => {
    const { loss, gradient } = crossEntropy(Float64Array.of(1e4, 0, -1e4), [1], { classes: 3 })
    expect(loss).toBe(1e4)
    expect([...gradient]).toEqual([1, -1, 0])
  })

  it.each([
    ['0xffffffff', Uint32Array.of(1, 0xffffffff, 0, 2), undefined, [0, 2, 3]],
    ['−1', Int32Array.of(1, -1, 0, 2), undefined, [0, 2, 3]],
    ['V and more', Uint32Array.of(1, 3, 0, 2), undefined, [0, 2, 3]],
    ['past the end of a sequence', Uint32Array.of(1, 0, 0, 2), [2, 1], [0, 1, 2]], // [T, B] = [2, 2]
  ])('does not count %s', (_, targets, lengths, counts) => {
    const V = 3
    const logits = numbers(1).array(4 * V)
    const all = crossEntropy(logits, targets, { classes: V, ...(lengths && { lengths }) })
    const at = (place: number) => logits.slice(place * V, (place + 1) * V)
    const some = crossEntropy(
      Float64Array.of(...counts.flatMap((place) => [...at(place)])),
      counts.map((place) => targets[place]!),
      { classes: V },
    )
    expect(all.counted).toBe(3)
    expect(all.loss).toBeCloseTo(some.loss, 15)
    const dropped = [0, 1, 2, 3].find((place) => !counts.includes(place))!
    expect(all.losses[dropped]).toBe(0)
    expect([...all.gradient.slice(dropped * V, (dropped + 1) * V)]).toEqual([0, 0, 0])
  })

  it('is the mean by the weights of the rows: a whole weight counts a row so often, 0 not at all', () => {
    const V = 3
    const logits = numbers(1).array(4 * V)
    const { loss, losses, counted } = crossEntropy(logits, [2, 0, 1, 1], { classes: V, rowWeights: [2, 0, 1, 3] })
    const often = [0, 0, 2, 3, 3, 3]
    const each = crossEntropy(Float64Array.of(...often.flatMap((row) => [...logits.slice(row * V, (row + 1) * V)])), [2, 2, 1, 1, 1, 1], { classes: V })
    expect(loss).toBeCloseTo(each.loss, 15)
    expect(losses[0]).toBeCloseTo(2 * each.losses[0]!, 15)
    expect([losses[1], counted]).toEqual([0, 3])
  })

  it('is 0 with zero gradients where nothing counts', () => {
    const { loss, gradient } = crossEntropy(Float64Array.of(1, 2), [-1], { classes: 2 })
    expect(loss).toBe(0)
    expect([...gradient]).toEqual([0, 0])
  })

  it('refuses logits of another size', () => {
    expect(() => crossEntropy(new Float64Array(5), [0, 1], { classes: 3 })).toThrow('there are 5 logits, expected 6')
  })
})

it.each(['squared-error', 'huber', 'binary-cross-entropy'] as const)('%s is the mean by the weights of the rows', (loss) => {
  const [outputs, targets] = [numbers(2).array(6), numbers(3).array(6).map(Math.abs)]
  const head = { numbers: 2, loss }
  const weighted = numbersLoss(head, outputs, targets, { rowWeights: [2, 0, 1] })
  const rows = [0, 0, 2].flatMap((row) => [2 * row, 2 * row + 1])
  const each = numbersLoss(
    head,
    Float64Array.from(rows, (i) => outputs[i]!),
    rows.map((i) => targets[i]!),
    {},
  )
  expect(weighted.loss).toBeCloseTo(each.loss, 14)
  const [a, b, , , c, d] = each.gradient
  expectClose('gradient', weighted.gradient, [2 * a!, 2 * b!, 0, 0, c!, d!], { absolute: 1e-15 })
})
