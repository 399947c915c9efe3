// Rows of a table looked up by id, and the gradient of the table.
import type { View } from '../gpu/device'
import type { Plan } from '../gpu/plan'

/** out[n] = table[ids[n]] + bias for rows first … first + count − 1. */
export function lookUp(
  plan: Plan, label: string,
  { ids, table, bias, out, first, count, width4 }: { ids: View; table: View; bias: View; out: View; first: number; count: number; width4: number },
): void {
  const groups = Math.ceil(count / 8)
  plan.dispatch(label, 'token/embedding_forward', {
    bindings: { ids, table, bias, out },
    size: { first, count, width4 },
    grid: [width4, Math.min(groups, 65535), Math.ceil(groups / 65535)],
  })
}

/** dtable[v] = Σ dout[n] over the n that looked v up. */
export function lookUpBackward(
  plan: Plan, label: string,
  p: { starts: View; positions: View; dout: View; dtable: View; V: number; width4: number },
): void {
  const { V, width4, ...bindings } = p
  plan.dispatch(label, 'token/embedding_backward', { bindings, size: { V, width4 }, grid: [width4, Math.min(V, 65535), Math.ceil(V / 65535)] })
}
