// The walk of all doors, on a device that does nothing: the same calls on a GPU are in doors.gpu.test.ts.
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { idleDevice } from '../support/idle-device'
import { bench, doors } from './table'
import { cases, rightly, walk } from './walk'

test('walk', async () => {
  const on = await bench(idleDevice())
  for (const door of Object.keys(doors)) await rightly(on, door).catch((e) => { console.log('NOT RIGHT', door, e) })
  const walked = await walk(on, cases())
  writeFileSync('/tmp/walked.json', JSON.stringify(walked, null, 1))
  console.log(walked.calls, walked.typed, walked.accepted.length, walked.untyped.length, walked.hangs.length)
  expect(walked.untyped).toEqual([])
})
