// The walk of all doors, on a device that does nothing; the same calls on a GPU are in doors.gpu.test.ts.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { idleDevice } from '../support/idle-device'
import { bench, doors } from './table'
import { cases, rightly, walk } from './walk'

/** What is taken on purpose: `Network.create 0.seed: 0, 2^31`. Whoever adds to it says that nothing is lost by it. */
const lines = readFileSync(new URL('accepted.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
const onPurpose = lines.flatMap((line) => {
  const [place, values] = line.split(': ') as [string, string]
  return values.split(', ').map((value) => `${place}: ${value}`)
})

test('every call that is right is taken', async () => {
  const on = await bench(idleDevice())
  for (const door of Object.keys(doors)) await rightly(on, door)
})

test('every other call is refused by a SluiceError, or taken on purpose', async () => {
  const walked = await walk(await bench(idleDevice()), cases())
  console.log(
    `${walked.calls} calls: ${walked.typed} typed errors, ${walked.accepted.length} accepted on purpose, ${walked.untyped.length} untyped, ${walked.hangs.length} hangs`,
  )
  expect(walked.untyped).toEqual([])
  expect(walked.hangs).toEqual([])
  expect(
    walked.accepted.filter((line) => !onPurpose.includes(line)),
    'taken, but not on purpose',
  ).toEqual([])
})
