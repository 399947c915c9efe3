// The state of Race. It stays while another view is shown.
import { effect, signal } from '@preact/signals'
import { call, stream } from '../../client/client'
import { runner } from '../../session/runner'
import { device } from '../../session/device'
import { settings as shared } from '../../session/settings'
import { characterCount } from '../../session/text'
import { advance, unpack, type Race, type RaceData, type RaceEvent } from '../../shared/race/record'
import { symbols } from '../../shared/race/memory'
import type { RaceSettings } from '../../shared/race/settings'
import { keptSettings, lanes, settings } from './settings'
import type { Size } from '../../shared/race/sizes'

/** null before the first race; a new object after each event. */
export const race = signal<Race | null>(null)
/** The sizes of the contestants with the present settings; null until they are known. */
export const sizes = signal<readonly Size[] | null>(null)

const sampling = () => {
  const { temperature, topK } = shared.value
  return { temperature, topK, length: 160 }
}

export const runs = runner<RaceSettings, RaceEvent, RaceData>({
  key: 'race',
  settings: keptSettings,
  reads: () => (settings.value.task === 'memory' ? 'nothing' : 'text and prefix'),
  follow: (start, signal) => stream('race', { ...start, lanes: lanes.value, sampling: sampling() }, signal),
  apply: (event, config) => (race.value = advance(race.value, event, config)),
  show: (data) => (race.value = data && unpack(data)),
})

// The temperature may change during a race.
effect(() => {
  const chosen = sampling()
  if (runs.isLive.value) void call('setSampling', { key: 'race', sampling: chosen })
})

// The sizes are computed before a race.
let requests = 0
effect(() => {
  const { budget, task } = settings.value
  const wanted = { lanes: lanes.value, budget, reading: { task, vocabulary: task === 'memory' ? symbols : (characterCount.value?.distinct ?? 0) } }
  const request = ++requests
  // Those of another text would be wrong.
  if (wanted.reading.vocabulary === 0) sizes.value = null
  if (device.value.state !== 'ready' || wanted.reading.vocabulary === 0) return
  call('raceSizes', wanted).then(
    (found) => request === requests && (sizes.value = found),
    () => request === requests && (sizes.value = null), // Start reports the failure
  )
})
