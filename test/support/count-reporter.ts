// Writes the counts of the run as JSON to the file that test/run.mjs names, which prints them as its last line.
import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** Cases of products that were left for `npm run test:all`, and of how many. */
  left: number
  cases: number
  /** Names of tests that passed only when they were tried once more (vite.config.ts). */
  again: string[]
  /** Seconds that each file took, the longest first. */
  files: { name: string; seconds: number }[]
}

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env.SLUICE_COUNTS
    if (file) writeFileSync(file, JSON.stringify(count(modules, unhandledErrors.length)))
  }
}

export function count(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const counts: Counts = { passed: 0, failed: unhandledErrors, skipped: 0, left: 0, cases: 0, again: [], files: [] }
  for (const module of modules) {
    // A file that could not be imported has no tests to fail, so the file itself counts; so does a failed hook.
    if (module.errors().length > 0) counts.failed++
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed++

    counts.files.push({ name: `${module.project.name}: ${module.relativeModuleId}`, seconds: module.diagnostic().duration / 1000 })
    const { all, taken } = module.meta().sampled ?? { all: 0, taken: 0 }
    counts.cases += all
    counts.left += all - taken

    let tests = 0
    for (const test of module.children.allTests()) {
      tests++
      const { state } = test.result()
      if (test.diagnostic()?.flaky) counts.again.push(`${module.relativeModuleId}: ${test.fullName}`)
      if (state === 'passed') counts.passed++
      else if (state === 'skipped') counts.skipped++
      // A test still pending was cut off by a crash.
      else counts.failed++
    }
    const cutOff = module.state() === 'queued' || module.state() === 'pending'
    if (tests === 0 && cutOff) counts.failed++
  }
  counts.files.sort((a, b) => b.seconds - a.seconds)
  return counts
}
