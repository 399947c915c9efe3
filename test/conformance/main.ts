// `npm run conformance`: every case of every suite on the GPU, as a table; fails if a case does.
import { openDevice } from 'sluice'
import { print } from '../../demo/lessons/print'
import { runCase, suites } from './cases'

export default async function conformance(): Promise<void> {
  const device = await openDevice()
  await print(`${device.adapterName}. Worst error: in units of the tolerance, which test/conformance/cases.ts derives.`)
  const row = (...cells: (string | number)[]) => print(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(10) : String(cell).padStart(12))).join(''))
  await row('suite', 'cases', 'passed', 'failed', 'skipped', 'worst error')
  const notes: string[] = []
  let failures = 0
  for (const [suite, cases] of Object.entries(suites)) {
    const count = { passed: 0, failed: 0, skipped: 0 }
    let worst = 0
    for (const c of cases) {
      if (c.skip) {
        count.skipped++
        notes.push(`skipped  ${suite} ${c.name}: ${c.skip}`)
        continue
      }
      const outcome = await runCase(device, c)
      worst = Math.max(worst, outcome.worst)
      if (outcome.failed.length === 0) count.passed++
      else {
        count.failed++
        notes.push(`FAILED   ${suite} ${c.name}: ${outcome.failed.join('; ')}`)
      }
    }
    failures += count.failed + (count.passed === 0 ? 1 : 0)
    await row(suite, cases.length, count.passed, count.failed, count.skipped, worst.toFixed(3))
  }
  for (const note of notes) await print(note)
  device.destroy()
  if (failures > 0) throw new Error('The conformance suite failed.')
}
