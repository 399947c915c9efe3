import { expect, it } from 'vitest'
import type { TestModule } from 'vitest/node'
import { count } from './count-reporter'

type State = 'passed' | 'passed again' | 'failed' | 'skipped' | 'pending'

/** As much of a test file as the counting looks at. */
function file(
  tests: State[],
  { errors = 0, suites = [] as number[], state = 'passed', name = 'a', duration = 0, sampled = undefined as { all: number; taken: number } | undefined } = {},
): TestModule {
  const many = (n: number) => Array.from({ length: n }, () => new Error('failed'))
  const children = {
    allTests: () =>
      tests.map((state, i) => ({
        fullName: `test ${i}`,
        result: () => ({ state: state.replace(' again', '') }),
        diagnostic: () => ({ flaky: state === 'passed again' }),
      })),
    allSuites: () => suites.map((n) => ({ errors: () => many(n) })),
  }
  return {
    relativeModuleId: `test/${name}.test.ts`,
    project: { name: 'node' },
    diagnostic: () => ({ duration }),
    errors: () => many(errors),
    state: () => state,
    meta: () => ({ sampled }),
    children,
  } as unknown as TestModule
}

it('counts tests', () => {
  expect(count([file(['passed', 'failed']), file(['skipped', 'passed'])], 0)).toMatchObject({ passed: 2, failed: 1, skipped: 1 })
})

it('counts what failed without a test that did', () => {
  expect(count([file([], { errors: 1 })], 0).failed).toBe(1) // an import
  expect(count([file(['skipped'], { suites: [1, 0] })], 0).failed).toBe(1) // a hook
  expect(count([file(['passed'])], 2).failed).toBe(2) // unhandled errors
  expect(count([file(['passed', 'pending'])], 0)).toMatchObject({ passed: 1, failed: 1, skipped: 0 }) // a crash
  expect(count([file([], { state: 'queued' })], 0).failed).toBe(1) // a file that never began
})

it('counts the cases of products that were left out', () => {
  expect(count([file(['passed'], { sampled: { all: 100, taken: 12 } }), file(['passed']), file([], { sampled: { all: 5, taken: 5 } })], 0)).toMatchObject({
    left: 88,
    cases: 105,
  })
})

it('names the tests that passed only when they were tried once more', () => {
  expect(count([file(['passed', 'passed again', 'failed'])], 0)).toMatchObject({ passed: 2, failed: 1, again: ['test/a.test.ts: test 1'] })
})

it('tells what took the longest', () => {
  expect(count([file(['passed'], { name: 'a', duration: 500 }), file(['passed'], { name: 'b', duration: 2500 })], 0).files).toEqual([
    { name: 'node: test/b.test.ts', seconds: 2.5 },
    { name: 'node: test/a.test.ts', seconds: 0.5 },
  ])
})
