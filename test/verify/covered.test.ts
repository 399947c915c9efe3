// What `verifyGpu` checks: every kernel there is, on a device that does nothing and tells which kernels it was asked for.
import { describe, expect, test } from 'vitest'
import { adoptDevice } from 'sluice'
import { kernelFiles } from '../../shaders/plugin'
import type { StrategyName } from '../../src/gpu/strategy'
import { loadKernels } from '../../src/strategies'
import { checksOf } from '../../src/verify/verify'
import { idleGpuDevice } from '../support/idle-device'

/** One of each kind of kernels. */
const strategies: readonly StrategyName[] = ['per-step-8', 'tile-16', 'resident-16']
await loadKernels('resident-16')
const checks = checksOf(strategies)

/** The kernels that a check runs. What it finds is of zeros, and not looked at. */
async function kernelsOf(check: (typeof checks)[number]): Promise<Set<string>> {
  const kernels = new Set<string>()
  const device = idleGpuDevice({ modules: ({ label }) => kernels.add(label!) })
  await check.run(adoptDevice(device, { check: false }))
  return kernels
}

describe('what verifyGpu checks', async () => {
  const run = await Promise.all(checks.map(async (check) => ({ check, kernels: await kernelsOf(check) })))

  test.each([...kernelFiles().keys()])('%s is judged', (kernel) => {
    const judged = run.filter(({ check, kernels }) => kernels.has(kernel) && check.parts.some((part) => part.kernel === kernel))
    expect(judged.length, 'add a check to src/verify').toBeGreaterThan(0)
  })

  test.each(run.map(({ check, kernels }) => ({ what: check.parts[0]!.what, strategy: check.strategy, check, kernels })))(
    '$what, $strategy: the kernels that it names are those that it runs',
    ({ check, kernels }) => expect([...kernels].sort()).toEqual([...new Set([...check.parts.map(({ kernel }) => kernel), ...check.uses])].sort()),
  )
})
