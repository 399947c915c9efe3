// How the rows of a batch, or of a matrix, are cut into tiles.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tilesOf } from '../src/schedule/products'

test('tiles are equally high, or all but a last one of few rows', () => {
  const cut = (rows: number, most: number) => {
    const { height, tiles, tailTile } = tilesOf(rows, most)
    return [tiles, height, tailTile]
  }
  expect(cut(50, 16)).toEqual([4, 16, true])
  expect(cut(24, 16)).toEqual([2, 12, false])
  expect(cut(6, 4)).toEqual([2, 4, false])
  expect(cut(1, 16)).toEqual([1, 1, false])
})

test('they hold every row, none is empty, and none is higher than allowed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(4, 8, 16), (rows, most) => {
      const { rowBlocks, height, tiles, tailTile } = tilesOf(rows, most)
      expect(height).toBeLessThanOrEqual(most)
      expect(height).toBe(rows === 1 ? 1 : 4 * rowBlocks)
      expect((tiles - 1) * height).toBeLessThan(rows)
      expect(rows).toBeLessThanOrEqual((tiles - 1) * height + (tailTile ? 4 : height))
    }),
  )
})
