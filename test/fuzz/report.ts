// Runs the fuzz and prints what came of it.
import { bench } from '../doors/table'
import { idleDevice } from '../support/idle-device'
import { fuzzCalls, fuzzFiles, type Counts } from './fuzz'

/** Whether nothing untyped came, and nothing that takes long. */
export async function report(seed: number, files: number, calls: number): Promise<boolean> {
  const on = await bench(idleDevice())
  const all: [string, Counts][] = [...Object.entries(await fuzzFiles(on, seed, files)), ['calls', await fuzzCalls(on, seed, calls)]]
  const row = (cells: readonly (string | number)[]) =>
    console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(12) : String(cell).padStart(9))).join(' '))
  row(['', 'tried', 'accepted', 'refused', 'untyped', 'slow'])
  for (const [name, { read, refused, untyped, slow }] of all) row([name, read + refused + untyped.length, read, refused, untyped.length, slow.length])
  const wrong = all.flatMap(([, { untyped, slow }]) => [...untyped, ...slow])
  for (const line of wrong.slice(0, 40)) console.log(line)
  const total = (of: (counts: Counts) => number) => all.reduce((n, [, counts]) => n + of(counts), 0)
  console.log(
    `seed ${seed}: ${total(({ read, refused, untyped }) => read + refused + untyped.length)} tried, ${total(({ read }) => read)} accepted, ${total(({ refused }) => refused)} refused, ${total(({ untyped }) => untyped.length)} untyped, ${total(({ slow }) => slow.length)} slow`,
  )
  return wrong.length === 0
}
