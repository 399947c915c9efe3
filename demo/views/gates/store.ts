// The state of Gates. It stays while another view is shown.
import { signal } from '@preact/signals'
import { stream } from '../../client/client'
import { addressSettings } from '../../page/address-settings'
import { runner } from '../../session/runner'
import { advance, unpack, type GateData, type GateEvent, type GateRun } from '../../shared/gates/record'
import { defaults, type GateSettings } from '../../shared/gates/settings'

const keptSettings = addressSettings<GateSettings>('gates', defaults)
export const { settings, set } = keptSettings

/** null before the first run; a new object after each event. */
export const gateRun = signal<GateRun | null>(null)
/** The evaluation that is shown; null for the newest. */
export const chosen = signal<number | null>(null)
/** The symbol that is pointed at, from 0; null for the last one. */
export const cursor = signal<number | null>(null)

export const runs = runner<GateSettings, GateEvent, GateData>({
  key: 'gates',
  settings: keptSettings,
  reads: () => 'nothing',
  follow: (start, signal) => stream('gates', start, signal),
  apply: (event, config) => (gateRun.value = advance(gateRun.value, event, config)),
  show: (data) => (gateRun.value = data && unpack(data)),
})
