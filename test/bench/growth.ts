// How the cost of a training step grows when one of T, B, H and L is doubled, four times from a common base.
import { charged } from './counts'
import { noCounts, stepsInARow, type TurnOptions } from '../../src/measure/turns'
import { peers, weightsOf } from './peers/sluice'
import type { GrowthRow } from './results'
import { summarise } from '../../src/measure/statistics'
import { data, flops, titleOf, work, type Work } from '../../src/measure/works'

const base = work({ cell: 'lstm', B: 16, T: 16, V: 32, H: 64 })
const letters = { T: 'T', B: 'B', H: 'H', L: 'layers' } as const

/** The works of one letter: the base, and it doubled once, twice, … four times. */
export const doubled = (letter: keyof typeof letters): Work[] =>
  Array.from({ length: 5 }, (_, i) => ({ ...base, [letters[letter]]: base[letters[letter]] * 2 ** i }))

export async function growth({ runs, budget }: TurnOptions, say: (line: string) => void): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = []
  for (const letter of Object.keys(letters) as (keyof typeof letters)[]) {
    say(`growth with ${letter}`)
    const jobs = []
    for (const work of doubled(letter)) {
      const job = await peers['sluice']!.start({ kind: 'train', work, weights: await weightsOf(work), ...data(work) })
      const counts = noCounts()
      await charged(counts, () => job.step())
      jobs.push({ work, job, dispatches: counts.dispatches, times: [] as number[], spent: 0 })
    }
    for (let run = 0; run < runs; run++)
      for (const entry of jobs) {
        if (run >= 3 && entry.spent > budget) continue
        const begin = performance.now()
        entry.times.push((await stepsInARow(entry.job, 2)).ms)
        entry.spent += performance.now() - begin
      }
    for (const { work, job, dispatches, times } of jobs) {
      await job.destroy()
      say(`  ${titleOf(work)}: ${summarise(times).median.toFixed(1)} ms`)
      rows.push({ letter, work, ms: summarise(times), flops: flops('train', work), dispatches })
    }
  }
  return rows
}
