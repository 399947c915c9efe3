// Clipping and optimizers against torch.optim and torch.nn.utils (test/fixtures/README.md).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clipNorm, clipValue, globalNorm, Optimizer, type Rule } from '../../src/reference'
import { expectClose } from './support'

type Named = Record<string, number[]>
interface Fixture {
  readonly parameters: Named
  readonly gradients: Named[]
  readonly clipping: { limit: number; byNorm: { norm: number; gradients: Named }; byValue: Named }[]
  readonly runs: { rule: Partial<Rule> & Pick<Rule, 'kind' | 'rate'>; parameters: Named[] }[]
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../fixtures/pytorch-optimizers.json', import.meta.url), 'utf8'))
const arrays = (named: Named) => new Map(Object.entries(named).map(([name, values]) => [name, Float64Array.from(values)]))
// 9 significant digits: rounded by up to 5e-9 relative (of 1.00000000, half a unit of the last digit); float64 adds nothing
// that shows.
const rounded = { absolute: 1e-14, relative: 5.1e-9 }

function expectSame(actual: ReadonlyMap<string, Float64Array>, expected: Named, where: string): void {
  expect([...actual.keys()]).toEqual(Object.keys(expected))
  for (const [name, values] of actual) expectClose(`${where} ${name}`, values, expected[name]!, rounded)
}

describe('Optimizer', () => {
  it.each(fixture.runs)('updates as PyTorch does: $rule', ({ rule, parameters }) => {
    const optimizer = new Optimizer(rule)
    const values = arrays(fixture.parameters)
    fixture.gradients.forEach((gradients, k) => {
      optimizer.update(values, arrays(gradients))
      expectSame(values, parameters[k]!, `update ${k}`)
    })
  })

  it('takes another rate at every update', () => {
    const p = new Map([['p', Float64Array.of(1)]])
    const optimizer = new Optimizer({ kind: 'sgd', rate: 1 })
    optimizer.update(p, new Map([['p', Float64Array.of(2)]]), 0.25)
    expect(p.get('p')![0]).toBe(0.5)
    optimizer.update(p, new Map([['p', Float64Array.of(2)]]))
    expect(p.get('p')![0]).toBe(-1.5)
  })
})

describe('clipping', () => {
  it.each(fixture.clipping)('clips at $limit as PyTorch does', ({ limit, byNorm, byValue }) => {
    const gradients = arrays(fixture.gradients[0]!)
    const clipped = clipNorm(gradients, limit)
    expectClose('norm', [clipped.norm], [byNorm.norm], rounded)
    expectSame(clipped.gradients, byNorm.gradients, 'clipped by norm')
    expectSame(clipValue(gradients, limit), byValue, 'clipped by value')
    expectSame(gradients, fixture.gradients[0]!, 'left alone')
  })

  it('clips to max · norm / (norm + 1e-6), and leaves a small gradient as it is', () => {
    const gradients = new Map([
      ['a', Float64Array.of(3)],
      ['b', Float64Array.of(0, -4)],
    ])
    expect(globalNorm(gradients)).toBe(5)
    expect(globalNorm(clipNorm(gradients, 1).gradients)).toBeCloseTo(5 / (5 + 1e-6), 15)
    expect(clipNorm(gradients, 6)).toEqual({ gradients, norm: 5, scale: 1 })
    // The surprise in PyTorch's formula: a norm of exactly the limit is clipped.
    expect(clipNorm(gradients, 5).scale).toBe(5 / (5 + 1e-6))
  })
})
