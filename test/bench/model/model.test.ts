// The accounting against closed formulas, and the predictions against what they cannot be below.
import { describe, expect, test } from 'vitest'
import type { Dispatch } from '../../../src/gpu/plan'
import { gatesOf, flops, titleOf, work, works, workOf, type Work } from '../../../src/measure/works'
import { ofWork, plansOf, subjects, type PaperPlan } from '../paper'
import { account, accounts } from './account'
import { devices } from './devices'
import { predict, roof, slowest, times } from './predict'

const total = (plan: PaperPlan, name: 'flops' | 'unique'): number => accounts(plan.plan.commands).reduce((n, one) => n + one[name], 0)
const pad4 = (n: number) => Math.ceil(n / 4) * 4
const lstm = work({ cell: 'lstm', B: 32, T: 35, V: 28, H: 256 })
const dispatches = ({ plan }: PaperPlan): Dispatch[] => plan.commands.filter((command) => command.kind === 'dispatch')
const planOf = (one: Work, name: string, kind: 'train' | 'predict' | 'write' = 'train') =>
  plansOf(ofWork(one, { writes: true }), [kind]).find((plan) => plan.name === name)!

describe('arithmetic', () => {
  // Kernels multiply whole vec4f.
  test.each(works.map((one) => [titleOf(one), { ...one, V: pad4(one.V) }] as const))(
    '%s: each plan makes the products of the formula, and no more',
    (_, one) => {
      for (const kind of ['train', 'predict'] as const) {
        const plans = plansOf(ofWork(one), [kind])
        expect(plans.length).toBe(3)
        for (const plan of plans) expect(total(plan, 'flops'), `${kind} ${plan.name}`).toBe(flops(kind === 'train' ? 'train' : 'forward', one))
      }
    },
  )

  test('of a character that is written: the step and the head', () => {
    const one = { ...lstm, B: 1, T: 128 }
    const [plan] = plansOf(ofWork(one, { writes: true }), ['write'])
    expect(total(plan!, 'flops')).toBe(flops('generate', one))
  })
})

describe('bytes', () => {
  const split = planOf(lstm, 'per-step-16')
  const find = (label: string) => account(dispatches(split).find((d) => d.label.startsWith(label))!)

  test('a product reads its operands and writes its result', () => {
    const [M, N, K] = [32 * 35, 28, 256]
    expect(find('head O')).toMatchObject({ unique: 4 * (M * K + K * N + M * N), flops: 2 * M * N * K })
    expect(find('head dH').unique).toBe(4 * (M * N + N * K + M * K))
    expect(find('head dW').unique).toBe(4 * (K * M + M * N + K * N))
  })

  test('of a step, each tile of rows reads U again from L2, of which DRAM has but one', () => {
    const forward = find('layers.0 forward')
    const U = 4 * 256 * 4 * 256
    // Two tiles of sixteen rows.
    expect(forward.l2).toBeGreaterThan(2 * U)
    expect(forward.l2).toBeLessThan(4 * U)
    expect(forward.unique).toBeGreaterThan(U)
    expect(forward.unique).toBeLessThan(1.6 * U)
    expect(forward.workgroups).toBe(64)
    const whole = dispatches(planOf(lstm, 'fused-4')).find((d) => d.label.startsWith('layers.0 forward'))!
    // Fused, eight workgroups read U at each of their steps.
    expect(account(whole).l2).toBeGreaterThan(8 * U * whole.size.n!)
    expect(account(whole).l2).toBeLessThan(10 * U * whole.size.n!)
  })

  test('of what a dispatch touches there is never more than of what its workgroups need', () => {
    for (const plan of plansOf(ofWork(lstm), ['train']))
      for (const one of accounts(plan.plan.commands)) expect(one.l2, `${plan.name} ${one.label}`).toBeGreaterThanOrEqual(one.unique)
  })

  test('Adam reads a parameter, its gradient and two means, and writes three of them', () => {
    const parameters = [28 * 4 * 256, 256 * 4 * 256, 4 * 256, 256 * 28, 28].map((n) => Math.ceil((4 * n) / 256) * 256).reduce((a, b) => a + b, 0)
    expect(find('update').unique).toBe(7 * parameters)
  })

  test('it is known of every kernel of a training step what it does', () => {
    const unknown = new Set(
      subjects
        .filter(({ id }) => /h256$/.test(id))
        .flatMap((subject) =>
          plansOf(subject).flatMap(({ plan }) =>
            accounts(plan.commands)
              .filter(({ known }) => !known)
              .map(({ kernel }) => kernel),
          ),
        ),
    )
    expect([...unknown], 'test/bench/model/account.ts must be told what these do').toEqual([])
  })
})

describe('predictions', () => {
  test.each(devices.map((device) => [device.name, device] as const))(
    '%s: none is below its launches or the roof, and larger work takes longer',
    (_, device) => {
      const seconds = [128, 256, 512].map((H) => {
        const one = work({ cell: 'lstm', B: 32, T: 35, V: 28, H })
        const plans = plansOf(ofWork(one), ['train']).map(({ plan }) => predict(device, plan))
        for (const found of plans) {
          expect(found.seconds).toBeGreaterThan(found.dispatches * device.dispatch)
          expect(found.seconds).toBeGreaterThan(roof(device, flops('train', one)))
          expect(found.flops).toBe(flops('train', one))
          expect(Object.values(found.by).reduce((a, b) => a + b, 0)).toBeCloseTo(found.seconds, 12)
        }
        return Math.min(...plans.map(({ seconds }) => seconds))
      })
      expect(seconds).toEqual([...seconds].sort((a, b) => a - b))
    },
  )

  test('two workgroups leave a large GPU idle, sixty-four do not', () => {
    const [large] = devices.filter(({ name }) => name.includes('H100'))
    const seconds = (workgroups: number) =>
      slowest({
        ...times(large!, { ...account(dispatches(planOf(lstm, 'per-step-16')).find((d) => d.label.startsWith('layers.0 forward'))!), workgroups }, 0),
        launch: 0,
      })
    expect(seconds(2)).toBeGreaterThan(4 * seconds(64))
  })

  test('the peak of each is as published', () => {
    const peaks = devices.map(({ cores, lanes, clock }) => (cores * lanes * 2 * clock) / 1e12)
    ;[2.07, 3.6, 29.1, 66.9].forEach((published, i) => expect(Math.abs(peaks[i]! / published - 1)).toBeLessThan(0.02))
  })

  test('the gates of a cell are those of the bench', () => {
    for (const name of ['lstm', 'gru', 'rnn'] as const) {
      const one = workOf(`${name}-b32-t35-v28-h256`)!
      const step = dispatches(planOf(one, 'per-step-16', 'predict'))
        .filter((d) => d.kernel.startsWith('cell/') && d.size.s === 0)
        .map(account)
      expect(step.reduce((n, { flops }) => n + flops, 0)).toBe(2 * one.B * gatesOf(name) * one.H ** 2)
    }
  })
})
