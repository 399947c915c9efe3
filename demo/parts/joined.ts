// Curves with points of their own, as the columns of one table.
import type { AlignedData } from 'uplot'

/** Tables of x and y as one: all x in order, and the y of each table where it has one. */
export function joined(tables: readonly (readonly [readonly number[], ...(readonly (number | null)[])[]])[]): AlignedData {
  const all = [...new Set(tables.flatMap(([x]) => x))].sort((a, b) => a - b)
  const place = new Map(all.map((x, i) => [x, i]))
  const columns = tables.flatMap(([x, ...ys]) =>
    ys.map((y) => {
      const column: (number | null)[] = new Array(all.length).fill(null)
      y.forEach((value, i) => (column[place.get(x[i]!)!] = value))
      return column
    }),
  )
  return [all, ...columns]
}
