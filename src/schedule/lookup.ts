// Rows of a table looked up by id, and the gradient of the table.
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'

/** Columns of a table, in vec4f: all of them unless `offset4` and `width4` say otherwise. */
interface Columns {
  /** A row of the table. */
  readonly stride: number
  readonly offset4?: number
  readonly width4?: number
}

/** out[n] = table[ids[n]] for `count` n from `first` on. */
export function lookUp(
  plan: Plan,
  label: string,
  { ids, table, out, first, count, stride }: { ids: View; table: View; out: View; first: number; count: number } & Pick<Columns, 'stride'>,
): void {
  plan.dispatch(label, 'token/embedding_forward', {
    bindings: { ids, table, out },
    size: { first, count, stride },
    grid: [stride, Math.ceil(count / 8), 1],
  })
}

/** dtable[v] = Σ dout[n] over the n < count whose position first + n looked v up; added to what is there where `add`. */
export function lookUpBackward(
  plan: Plan,
  label: string,
  p: { starts: View; positions: View; dout: View; dtable: View; V: number; first: number; count: number; add?: boolean } & Columns,
): void {
  const { V, first, count, add = false, stride, offset4 = 0, width4 = stride, starts, positions, dout, dtable } = p
  plan.dispatch(label, 'token/embedding_backward', {
    bindings: { starts, positions, dout, dtable },
    size: { V, first, count, first_column: offset4, width4, stride, add: Number(add) },
    grid: [width4, V, 1],
  })
}
