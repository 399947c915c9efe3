// Two biases as torch.nn trains them, and parameter groups: the reference stores the sum and follows PyTorch all the same.
import { describe, expect, it } from 'vitest'
import type { CellName } from '../../src/cells'
import { clipNorm, globalNorm, lossAndGradients, Optimizer, sharesOf, zeroParameters, type Rule, type Shares } from '../../src/reference'
import type { NetworkSpec } from '../../src/spec'
import { batches, decode, fixture, groupShares, road } from '../support/two-biases'

describe('the road of torch.nn', () => {
  it.each(fixture.runs)('$cell with $name', ({ cell, rule, groups, losses, norms }) => {
    const spec: NetworkSpec = {
      input: { ids: road.classes },
      layers: [{ cell: cell as CellName, hidden: road.hidden, bias: 'two' }],
      head: { classes: road.classes },
    }
    const parameters = zeroParameters(spec)
    for (const [name, base64] of Object.entries(fixture.initial[cell as keyof typeof fixture.initial])) parameters.set(name, Float64Array.from(decode(base64)))
    const shares: Shares = groups ? groupShares(rule.decay ?? 0, sharesOf(spec)) : sharesOf(spec)
    const optimizer = new Optimizer(rule as Rule)
    let state: Parameters<typeof lossAndGradients>[4]['initial'] = []
    for (const { ids, targets, fresh, n } of batches(losses.length)) {
      const { forward, loss, gradients } = lossAndGradients(spec, parameters, { ids }, targets, { batch: road.batch, initial: fresh ? [] : state! })
      const { gradients: clipped, norm } = clipNorm(gradients.parameters, road.clipNorm, shares)
      optimizer.update(parameters, clipped, undefined, shares)
      state = forward.final
      expect(Math.abs(loss.loss / losses[n]! - 1), `loss of update ${n}`).toBeLessThan(1e-5)
      expect(Math.abs(norm / norms[n]! - 1), `norm of update ${n}`).toBeLessThan(1e-5)
    }
  })
})

it('counts both biases, but one of the candidate of a GRU, whose other is stored', () => {
  const spec: NetworkSpec = { input: { ids: 2 }, layers: [{ cell: 'gru-reset-after', hidden: 1, bias: 'two' }] }
  const gradients = zeroParameters(spec)
  gradients.get('layers.0.b')!.set([1, 2, 3])
  gradients.get('layers.0.bn')!.set([4])
  expect(globalNorm(gradients, sharesOf(spec))).toBe(Math.sqrt(2 * 1 + 2 * 4 + 9 + 16))
})
