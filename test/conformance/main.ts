// `npm run conformance`: every case of every suite on the GPU, as a table; fails if a case does. `-- suite=Keras` runs the suites with that in their name.
import { openDevice, type Gpu } from 'sluice'
import { print } from '../../demo/lessons/print'
import { runCase, suites, type Outcome } from './cases'
import { compareRun, recorded, runOnGpu } from './recorded'
import { roundTrips } from './round-trips'

interface One {
  readonly name: string
  readonly times: number
  /** What came out, or why Sluice has no counterpart. */
  readonly run: (device: Gpu) => Promise<Outcome | { readonly refused: string }>
}

const rows: Readonly<Record<string, readonly One[]>> = {
  ...Object.fromEntries(
    Object.entries(suites).map(([suite, cases]) => [suite, cases.map((c) => ({ name: c.name, times: 1, run: (device: Gpu) => runCase(device, c) }))]),
  ),
  ...Object.fromEntries(
    Object.entries({ ...recorded, ...roundTrips }).map(([suite, runs]) => [
      suite,
      runs.map(({ name, times, read }) => ({
        name,
        times,
        run: async (device: Gpu) => {
          const run = await read()
          return 'refused' in run ? run : compareRun(run, await runOnGpu(device, run))
        },
      })),
    ]),
  ),
}

export default async function conformance({ suite: only = '' }: { suite?: string } = {}): Promise<void> {
  const device = await openDevice()
  await print(`${device.adapterName}. Worst error: in units of the tolerance, which test/conformance/cases.ts derives.`)
  const row = (...cells: (string | number)[]) => print(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(22) : String(cell).padStart(12))).join(''))
  await row('suite', 'cases', 'passed', 'failed', 'refused', 'worst error')
  const notes: string[] = []
  let failures = 0
  for (const [suite, cases] of Object.entries(rows)) {
    if (!suite.includes(only)) continue
    const count = { cases: 0, passed: 0, failed: 0, refused: 0 }
    const reasons = new Map<string, number>()
    let worst = 0
    for (const { name, times, run } of cases) {
      count.cases += times
      const outcome = await run(device)
      if ('refused' in outcome) {
        count.refused += times
        reasons.set(outcome.refused, (reasons.get(outcome.refused) ?? 0) + times)
        continue
      }
      worst = Math.max(worst, outcome.worst)
      if (outcome.failed.length === 0) count.passed += times
      else {
        count.failed += times
        notes.push(`FAILED   ${suite} ${name}: ${outcome.failed.join('; ')}`)
      }
    }
    for (const [reason, times] of reasons) notes.push(`refused  ${suite}, ${times}: ${reason}`)
    failures += count.failed + (count.passed === 0 ? 1 : 0)
    await row(suite, count.cases, count.passed, count.failed, count.refused, worst.toFixed(3))
  }
  for (const note of notes) await print(note)
  device.destroy()
  if (failures > 0) throw new Error('The conformance suite failed.')
}
